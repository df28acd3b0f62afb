def f() {
    final a = 1
    a
}
// expect error 2:5 NF0221 `final` is not part of the language
