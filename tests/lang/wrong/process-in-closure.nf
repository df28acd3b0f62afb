process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    channel.of(1).map { v -> P(v) }.view()
}
// expect error 13:30 NF0401 a process cannot be called inside of a closure
