workflow {
    channel.of().view { v -> "none $v" }
    channel.of(1..3, 9).view { v -> "of $v" }
    channel.of([1, 2]).view { v -> "list $v" }
    channel.fromList(['a', 'b']).view { v -> "from list $v" }
    channel.from(1, 2).view { v -> "from $v" }
    channel.from([3, 4]).view { v -> "from a list $v" }
    channel.value().view { v -> "never $v" }
    channel.value('x').view { v -> "value $v" }
    Channel.of('capital').view()
    channel.empty().view { v -> "never $v" }
}
