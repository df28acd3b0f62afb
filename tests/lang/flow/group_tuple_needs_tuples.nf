channel.of(1).groupTuple().view()
