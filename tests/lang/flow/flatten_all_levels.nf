channel.of([1, [2, [3]]], 4, [[]]).flatten().view()
