def f(a) {
    a as Strin
}
// expect error 2:10 NF0302 there is no type `Strin`
