process A {
    input:
    val x
    path x

    script:
    'true'
}
// expect error 4:5 NF0303 `x` is already declared
