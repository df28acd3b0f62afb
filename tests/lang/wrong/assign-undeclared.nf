def f() {
    a = 1
    a
}
// expect error 2:5 NF0304 `a` is not declared
