workflow {
    none = channel.empty()
    none.reduce { a, b -> a + b }.view { v -> "reduce $v" }
    none.reduce('seed') { a, b -> a + b }.view { v -> "seeded $v" }
    none.sum().view { v -> "sum $v" }
    none.min().view { v -> "min $v" }
    none.max { v -> v }.view { v -> "max $v" }
    none.count().view { v -> "count $v" }
    none.toList().view { v -> "list $v" }
    none.toSortedList().view { v -> "sorted $v" }
    none.first().view { v -> "never $v" }
    none.last().view { v -> "last $v" }
    none.collect().view { v -> "never $v" }
    none.groupTuple().view { v -> "never $v" }
    none.buffer(size: 2, remainder: true).view { v -> "never $v" }
    none.collectFile(name: 'x').view { v -> "never $v" }
}
