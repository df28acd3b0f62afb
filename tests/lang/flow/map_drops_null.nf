channel.of(1, 2, 3).map { x -> x == 2 ? null : x * 10 }.view()
