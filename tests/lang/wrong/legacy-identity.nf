def f(a, b) {
    a === b
}
// expect error 2:7 NF0213 `===` is not part of the language
