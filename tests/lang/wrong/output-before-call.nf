process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    P.out.y.view()
    P(1)
}
// expect warning 13:5 NF0409 `P` is not called before its outputs are used
