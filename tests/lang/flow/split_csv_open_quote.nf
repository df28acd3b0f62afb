channel.of('"a,b').splitCsv(quote: '"').view()
