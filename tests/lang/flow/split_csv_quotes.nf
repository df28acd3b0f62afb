// Quotes mean something only when `quote` says which; only empty lines are left out.
workflow {
    channel.of('"a,b",c').splitCsv().view { r -> "kept $r" }
    channel.of('"a,b",c\n"d ""e""",f').splitCsv(quote: '"').view { r -> "taken off $r" }
    channel.of(' "a" , b ').splitCsv(quote: '"', strip: true).view { r -> "stripped $r" }
    channel.of('a\n  \n\nb').splitCsv().view { r -> "blank $r" }
    channel.of('\uFEFFa, b\n1, 2').splitCsv(header: true).view { r -> "header ${r.inspect()}" }
    channel.of('1\n2\n').splitCsv(by: 1).view { r -> "by one $r" }
    channel.of('a\rb\r\nc').splitCsv().view { r -> "ends $r" }
}
