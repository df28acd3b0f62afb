workflow {
    println 99999999999999999999L
}
// expect error 2:13 NF0006 `99999999999999999999L` does not fit a Long
