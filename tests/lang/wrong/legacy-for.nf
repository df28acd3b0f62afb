workflow {
    for (i in [1, 2]) {
        println i
    }
}
// expect error 2:5 NF0202 the language has no `for` loop
