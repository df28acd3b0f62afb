def f(a) {
    a++
    a
}
// expect error 2:6 NF0204 `++` is not part of the language
