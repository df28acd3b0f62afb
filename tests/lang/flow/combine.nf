channel.of(1, 2).combine(channel.of('a', 'b')).view()
channel.of(1).combine([7, 8]).view()
channel.of([1, 'a'], [2, 'b']).combine(channel.of([1, 'x'], [1, 'y']), by: 0).view()
// An empty list adds nothing: where one value is left, it stands alone.
channel.of([], [1]).combine(channel.of(3)).view()
channel.of([1], [2, 'x']).combine(channel.of([1], [2]), by: 0).view()
