def f(a) {
    if (a) {
        def b = 1
    }
    b
}
// expect error 5:5 NF0300 `b` is not defined
