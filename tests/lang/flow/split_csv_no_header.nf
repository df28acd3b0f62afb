channel.of('a,,b\n1,2,3').splitCsv(header: true).view()
