workflow {
    println file()
}
// expect error 2:13 NF0402 `file` takes 1 to 2 arguments, not 0
