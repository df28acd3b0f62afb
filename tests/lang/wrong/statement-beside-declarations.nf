process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

println 'starting'
channel.of(1).view()

workflow {
    P(1)
}
// expect error 12:1 NF0111 a statement cannot stand beside declarations
