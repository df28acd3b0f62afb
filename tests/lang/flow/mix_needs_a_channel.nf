channel.of(1).mix().view()
