channel.of(1, 2).flatMap { x -> [x, x * 10] }.view()
channel.of([a: 1, b: 2]).flatMap().view { e -> e.key + '=' + e.value }
channel.of('one').flatMap().view()
