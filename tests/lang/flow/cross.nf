channel.of([1, 'a'], [2, 'b']).cross(channel.of([1, 'x'], [2, 'y'], [1, 'z'])).view()
// A key that is a list is one key; a map has its first value as key.
channel.of([['c', 2], 1]).cross(channel.of(['c', 7], [['c', 2], 8])).view()
channel.of([['c', 2], 1]).cross(channel.of(['c', 7])) { v -> v[0] }.view()
channel.of([id: 'd', n: 1]).cross(channel.of([id: 'd', n: 2], [id: 'e', n: 1])).view()
channel.of([]).cross(channel.of([], [1])).view()
