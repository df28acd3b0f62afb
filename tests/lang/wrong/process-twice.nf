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
    P(2)
}
// expect error 14:5 NF0414 process `P` is called a second time in this workflow
