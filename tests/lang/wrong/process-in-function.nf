process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

def f() {
    P(1)
}
// expect error 13:5 NF0400 a process can be called only in the body of a workflow
