channel.of(1, 2, 3, 2).count().view()
channel.of(1, 2, 3, 2).count(2).view()
channel.of('a', 'b').count { s -> s == 'a' }.view()
