left = channel.of(['a', 1], ['b', 2], ['c', 3])
right = channel.of(['b', 20], ['a', 10], ['d', 40])
left.join(right).view()
left.join(right, remainder: true).view()
