workflow {
    while (true) {
        println 1
    }
}
// expect error 2:5 NF0202 the language has no `while` loop
