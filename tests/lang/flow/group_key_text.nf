// The interpolated string and the plain one are one key, also when nested in a list.
workflow {
    channel.of([["${'a'}", 1], 1], [['a', 1], 2]).groupTuple().view()
    channel.of(["${'x'}", 1], ['x', 2]).groupTuple().view { k, v -> "$k $v" }
}
