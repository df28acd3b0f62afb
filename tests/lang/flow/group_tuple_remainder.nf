channel.of(['a', 1], ['a', 2], ['a', 3], ['b', 4]).groupTuple(size: 2, remainder: true).view()
