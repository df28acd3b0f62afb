channel.of(1).take('x').view()
