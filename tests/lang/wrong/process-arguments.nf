process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    P()
}
// expect error 13:5 NF0402 process `P` takes 1 input, not 0
