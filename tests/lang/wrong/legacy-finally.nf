def f() {
    try {
        1
    }
    finally {
        2
    }
}
// expect error 5:5 NF0215 `finally` is not part of the language
