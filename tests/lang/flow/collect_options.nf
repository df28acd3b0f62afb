workflow {
    channel.of(3, 1, 2).collect(sort: true).view { v -> "sorted $v" }
    channel.of('bb', 'a', 'ccc').collect(sort: { s -> -s.size() }).view { v -> "by $v" }
    channel.of('b', 'a').collect(sort: { x, y -> x <=> y }).view { v -> "compared $v" }
    channel.of([1, [2]], 3).collect(flat: false).view { v -> "whole $v" }
    channel.of(1, 2).collect { n -> n * 10 }.view { v -> "mapped $v" }
    channel.empty().collect().view { v -> "never $v" }
    channel.empty().collect().ifEmpty('nothing').view()
    channel.empty().toList().view { v -> "list $v" }
    channel.value(7).collect().view { v -> "value $v" }
}
