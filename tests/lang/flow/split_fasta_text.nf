// What a record's text and fields are: blank lines stay, comments go, the header ends with blanks.
workflow {
    def fa = 'x\n>s1 first one \nAC\n;no\n\n GT\n>s2\tb c\nG\n'
    channel.of(fa).splitFasta().view { r -> "text ${r.inspect()}" }
    channel.of(fa).splitFasta(record: [id: true, desc: true, header: true]).view { r -> "names ${r.inspect()}" }
    channel.of(fa).splitFasta(record: [seqString: true, sequence: true, width: 3]).view { r -> "sequence ${r.inspect()}" }
    channel.of('>a\nACGT\n>b\nAC\n>c\nGGGG\n').splitFasta(size: 5).view { r -> "size ${r.inspect()}" }
    channel.of('>a\nA\n>b\nC\n>c\nG\n').splitFasta(record: [id: true], by: 2).view { r -> "by $r" }
    channel.of('>a\nA\n>b\nC\n').splitFasta(record: [id: true], by: 1).view { r -> "by one $r" }
}
