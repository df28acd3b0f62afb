workflow {
    channel.of([1, 2]).map { _, b -> b }.view()
}
// expect error 2:30 NF0306 `_` cannot be the name of a variable
