process A {
    input:
    val 'x'

    script:
    'true'
}
// expect error 3:9 NF0114 `val` takes the name of a variable
