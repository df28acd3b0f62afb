workflow {
    def a = 1 2
}
// expect error 2:15 NF0100 unexpected number `2` after the statement
