def f(a) {
    def b = 1
    if (a = b) {
        a
    }
}
// expect error 3:11 NF0211 a condition cannot assign
