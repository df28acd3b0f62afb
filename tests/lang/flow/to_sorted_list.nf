channel.of(3, 1, 2).toSortedList().view()
channel.of('bbb', 'a', 'cc').toSortedList { s -> s.size() }.view()
channel.of(1, 3, 2).toSortedList { a, b -> b <=> a }.view()
