workflow {
    def a =
}
// expect error 3:1 NF0100 unexpected `}` where an expression should be
