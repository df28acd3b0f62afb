channel.of('a\nb\nc').splitText(by: 2).view { t -> t.trim().replace('\n', '+') }
channel.of('x\ny\n').countLines().view()
