workflow {
    def y = 1
    def x = y = 3
}
// expect error 3:15 NF0211 an assignment is a statement, not an expression
