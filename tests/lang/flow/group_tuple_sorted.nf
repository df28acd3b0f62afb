workflow {
    rows = channel.of(['k', 3, 'cc'], ['k', 1, 'a'], ['k', 2, 'bbb'])
    rows.groupTuple(sort: true).view { r -> "true $r" }
    rows.groupTuple(sort: 'natural').view { r -> "natural $r" }
    rows.groupTuple(sort: { a, b -> b <=> a }).view { r -> "comparator $r" }
    rows.groupTuple(sort: { v -> v.toString().size() }).view { r -> "mapper $r" }
    rows.groupTuple(sort: 'hash').view { k, n, s -> "hash $k ${n.toSorted()} ${s.toSorted()}" }
    rows.groupTuple(sort: 'deep').view { k, n, s -> "deep $k ${n.toSorted()} ${s.toSorted()}" }
}
