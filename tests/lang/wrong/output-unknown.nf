process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    P(1)
    P.out.yy.view()
}
// expect warning 14:11 NF0410 `P` has no output `yy`
