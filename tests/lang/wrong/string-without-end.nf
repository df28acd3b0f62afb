workflow {
    println 'abc
    println 'def'
}
// expect error 2:13 NF0003 this string has no end
