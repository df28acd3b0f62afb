channel.of(1).tap { v -> error 'no genome' }.view()
