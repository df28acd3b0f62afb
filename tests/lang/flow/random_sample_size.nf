channel.of(1..100).randomSample(5, 7).count().view()
