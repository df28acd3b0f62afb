def f(a) {
    a.&size
}
// expect error 2:7 NF0213 method pointers (`.&`) are not part of the language
