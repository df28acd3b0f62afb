channel.of(1, 2, 3).merge(channel.of(10, 20)) { a, b -> a + b }.view()
