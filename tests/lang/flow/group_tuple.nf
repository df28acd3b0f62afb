channel.of(['a', 1], ['b', 2], ['a', 3]).groupTuple().view()
channel.of([1, 'a', 'x'], [2, 'b', 'x'], [3, 'c', 'y']).groupTuple(by: 2).view()
channel.of(['a', 3], ['a', 1]).groupTuple(sort: true).view()
