channel.of(['a', 1]).join(channel.of(['b', 2]), failOnMismatch: true).view()
