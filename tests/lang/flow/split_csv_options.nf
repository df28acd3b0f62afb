workflow {
    channel.of('1;"a;b"\n2; c \n').splitCsv(sep: ';', quote: '"').view { r -> "quoted $r" }
    channel.of("1,'a,b'").splitCsv(quote: "'").view { r -> "single $r" }
    channel.of(' 1 , b \n').splitCsv(strip: true).view { r -> "strip $r" }
    channel.of('# comment\nx,y\n1,2\n').splitCsv(skip: 1, header: true).view { r -> "skip $r" }
    channel.of('1,2\n3,4\n').splitCsv(header: ['p', 'q']).view { r -> "names $r" }
    channel.of('1\n2\n3\n4\n5\n').splitCsv(by: 2).view { r -> "by $r" }
    channel.of('1\n2\n3\n').splitCsv(limit: 2).view { r -> "limit $r" }
    channel.of('x,y\n1,\n,2\n').splitCsv(header: true).view { r -> "empty $r" }
    channel.of(['id', 'a,b\n1,2\n', 'z']).splitCsv(elem: 1, header: true).view { r -> "elem $r" }
    channel.of('a\tb\n').splitCsv(sep: '\t').view { r -> "tab $r" }
}
