process A {
    output:
    val 1, emit: a
    val 2, emit: b

    script:
    'true'
}

process P {
    input:
    val x

    output:
    val x, emit: y

    script:
    'true'
}

workflow {
    A()
    P(A.out)
}
// expect error 23:5 NF0402 process `P` takes 1 input, not 2
