channel.of(tuple('a', 1), tuple('b', 2), tuple('a', 3)).groupBy().view()
channel.of(tuple('a', 2, 'x'), tuple('a', 2, 'y')).groupBy().view()
