workflow {
    channel.of(1).map { v ->
        count = v
        count
    }.view()
}
// expect warning 3:9 NF0304 `count` is not declared
