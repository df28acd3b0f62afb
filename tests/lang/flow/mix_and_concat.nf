channel.of(1, 2).mix(channel.of('a')).toSortedList { x -> x.toString() }.view()
a = channel.of(1, 2)
b = channel.of(3)
b.concat(a).view()
