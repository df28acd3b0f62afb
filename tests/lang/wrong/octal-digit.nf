workflow {
    println 089
}
// expect error 2:13 NF0006 `089` is octal and cannot have this digit
