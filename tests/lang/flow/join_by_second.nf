channel.of([1, 'k', 2]).join(channel.of([3, 'k', 4]), by: 1).view()
