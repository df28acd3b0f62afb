process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow.onComplete {
    println 'done'
}
// expect error 12:1 NF0111 a statement cannot stand beside declarations
