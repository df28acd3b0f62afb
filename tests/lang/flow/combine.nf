channel.of(1, 2).combine(channel.of('a', 'b')).view()
channel.of(1).combine([7, 8]).view()
channel.of([1, 'a'], [2, 'b']).combine(channel.of([1, 'x'], [1, 'y']), by: 0).view()
