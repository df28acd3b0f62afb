workflow {
    def f(a) {
        a
    }
}
// expect error 2:9 NF0110 a function cannot be declared inside of a body
