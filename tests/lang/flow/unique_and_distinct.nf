channel.of(1, 1, 2, 1, 3).unique().view()
channel.of(1, 1, 2, 1, 1).distinct().view()
channel.of('a', 'A', 'b').unique { s -> s.toLowerCase() }.view()
