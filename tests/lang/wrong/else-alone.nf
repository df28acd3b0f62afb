workflow {
    else {
        println 1
    }
}
// expect error 2:5 NF0100 unexpected `else` where an expression should be
