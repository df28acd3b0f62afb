def f(a) { a }

workflow {
    channel.of(1).map(f).view()
}
// expect error 4:23 NF0300 `f` is a function and must be called
