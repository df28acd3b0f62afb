channel.of('a,b').splitCsv(header: 'a').view()
