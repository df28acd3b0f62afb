def f(a) {
    [0, *a]
}
// expect error 2:9 NF0212 the spread operator `*` is not part of the language
