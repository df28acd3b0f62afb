channel.of(1, 'a', 2.5, 'b').filter(Number).view()
channel.of('x1', 'y2').filter(~/x.*/).view()
channel.of(1, 2, 3).filter { x -> x > 1 }.view()
channel.of(1, 2, 1).filter(1).view()
