workflow {
    println file()
}
// expect error 2:13 NF0402 `file` takes 1 argument, not 0
