workflow {
    channel.of([1, 2]).map { _, b -> b }.view()
    channel.of([1, 2, 3]).map { _, _, c -> _ + c }.view()
    def _ = 1
}
// expect error 3:44 NF0300 `_` is not defined
// expect error 4:9 NF0306 `_` cannot be the name of a variable
