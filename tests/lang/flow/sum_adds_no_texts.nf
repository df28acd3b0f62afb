channel.of('a', 'b').sum().view()
