channel.of([1, [2]], 3).collect().view()
channel.of([1, [2]], 3).collect(flat: false).view()
channel.of(3, 1, 2).collect(sort: true).view()
channel.of('b', 'a').collect { s -> s * 2 }.view()
channel.empty().collect().view { 'never' }
