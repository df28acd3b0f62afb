channel.of([1, 'x', 'p'], [1, 'y', 'q'], [1, 'x', 'r']).groupTuple(by: [0, 1]).view()
