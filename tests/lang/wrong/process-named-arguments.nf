process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    P(x: 1)
}
// expect error 13:7 NF0403 a process takes its inputs by position, not by name
