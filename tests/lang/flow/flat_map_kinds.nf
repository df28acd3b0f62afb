workflow {
    channel.of([1, 2], 3).flatMap().view { v -> "item $v" }
    channel.of([a: 1, b: 2]).flatMap().view { e -> "entry ${e.key}=${e.value}" }
    channel.of('xy').flatMap { s -> [s, s] }.view()
    channel.of(1, 2).flatMap { n -> null }.view { v -> "never $v" }
    channel.of(2).flatMap { n -> (1..n) }.view { v -> "range $v" }
}
