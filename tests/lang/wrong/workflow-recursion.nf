workflow A {
    main:
    B()
}

workflow B {
    main:
    A()
}

workflow {
    A()
}
// expect error 8:5 NF0417 a workflow cannot call itself, directly or not
