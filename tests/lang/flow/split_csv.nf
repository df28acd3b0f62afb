channel.of('a,b\n1,"x,y"\n3,4').splitCsv(header: true, quote: '"').view()
channel.of('1;2').splitCsv(sep: ';').view()
channel.of(['id', '1,2\n3,4']).splitCsv(elem: 1).view()
