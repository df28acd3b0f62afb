workflow {
    def a = 1
    channel.of(1).map { a -> a }.view()
}
// expect error 3:25 NF0303 `a` is already declared
