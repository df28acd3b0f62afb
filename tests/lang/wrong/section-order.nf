process A {
    output:
    val 1

    input:
    val x

    script:
    'true'
}
// expect error 5:5 NF0107 section `input:` must stand before `output:`
