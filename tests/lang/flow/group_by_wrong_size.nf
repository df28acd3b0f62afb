channel.of(tuple('a', 3, 'x')).groupBy().view()
