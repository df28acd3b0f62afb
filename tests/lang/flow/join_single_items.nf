channel.of('a', 'b').join(channel.of('b', 'c')).view()
