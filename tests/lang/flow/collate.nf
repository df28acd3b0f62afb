channel.of(1, 2, 3, 4, 5).collate(2).view()
channel.of(1, 2, 3).collate(2, false).view()
channel.of(1, 2, 3).collate(2, 1).view()
