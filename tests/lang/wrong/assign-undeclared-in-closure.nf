workflow {
    channel.of(1).map { v ->
        w = v
        w
    }.view()
}
// expect error 3:9 NF0304 `w` is not declared
