channel.of(['a', 1], ['a', 2]).join(channel.of(['a', 3]), failOnDuplicate: true).view()
