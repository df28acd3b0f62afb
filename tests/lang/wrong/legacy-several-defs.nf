def f() {
    def a = 1, b = 2
    a
}
// expect error 2:14 NF0221 one `def` declares one variable
