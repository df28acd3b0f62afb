workflow {
    a = b = 1
}
// expect error 2:11 NF0211 an assignment is a statement, not an expression
