channel.of(1, 2, 3).merge(channel.of('a', 'b')).view()
channel.of(1, 2).merge(channel.value('v')).view()
