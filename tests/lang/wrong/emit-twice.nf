process A {
    output:
    val 1, emit: a
    val 2, emit: a

    script:
    'true'
}
// expect error 4:18 NF0407 a second output is called `a`
