def v = channel.value(4).map { x -> x + 1 }
channel.of(1, 2).combine(v).view()
