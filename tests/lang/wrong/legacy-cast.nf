def f(a) {
    (String) a
}
// expect error 2:5 NF0210 a conversion is written behind the value
