// An operator that a closure applies to a value channel gets the value that has come already.
workflow {
    count = channel.of(1, 2, 3).toList().size()
    channel.of('1', '2').map { idx ->
        count.plus(1).view { n -> "$idx: $n" }
        idx.padLeft(3, '0')
    }.view()
}
