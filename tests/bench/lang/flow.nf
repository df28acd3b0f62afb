// A million items through the operators that keep state, as pipelines use them.
workflow {
    def count = params.count as Integer
    def groups = channel.of(1..count)
        .map { n -> [n.intdiv(4), n] }
        .filter { _key, n -> n % 4 != 3 }
        .groupTuple()
    def keys = channel.of(0..count.intdiv(4)).map { n -> [n, "k$n"] }
    groups.join(keys).count().view { n -> "joined $n" }
}
