process A {
    output:
    path

    script:
    'true'
}
// expect error 3:5 NF0115 `path` takes one argument
