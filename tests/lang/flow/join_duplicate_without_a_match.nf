// A key may come twice as long as nothing matches it.
channel.of(['p', 1], ['q', 2], ['q', 3]).join(channel.of(['p', 9]), failOnDuplicate: true, remainder: true).toSortedList { a, b -> a[1] <=> b[1] }.view()
channel.of(['p', 1], ['q', 2], ['q', 3]).join(channel.of(['p', 9]), failOnDuplicate: true).view()
