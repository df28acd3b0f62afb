workflow {
    def a = 1
    def a = 2
}
// expect error 3:9 NF0303 `a` is already declared
