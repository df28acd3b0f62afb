// Several elements side by side: as many rows as the shortest has parts; and a closure by name.
workflow {
    channel.of(['x', 'a\nb', 'p\nq\nr']).splitText(elem: [1, 2]).view { r -> "both ${r.inspect()}" }
    channel.of('a\nb').splitText(each: { line -> line.trim() }).view { r -> "each $r" }
    channel.of('@a\nAC\n+\nII\n\n\n').splitFastq(record: [readHeader: false]).view { r -> "fastq $r" }
    channel.of('{"a": 1}').splitJson(path: 'z').count().view { n -> "nothing $n" }
}
