workflow {
    println 'C:\data'
}
// expect error 2:16 NF0005 `\d` is not an escape of strings
