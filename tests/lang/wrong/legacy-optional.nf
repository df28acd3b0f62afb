process A {
    output:
    path 'x' optional true

    script:
    'true'
}
// expect error 3:14 NF0218 options of an output stand behind a comma
