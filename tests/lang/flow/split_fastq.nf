workflow {
    text = '@r1\nACGT\n+\nIIII\n@r2\nTT\n+\n!!\n'
    channel.of(text).splitFastq(by: 1).view { v -> v.trim().replace('\n', '|') }
    channel.of(text).splitFastq(record: true).view { r -> "$r.readHeader $r.readString $r.qualityString" }
    channel.of(['a', text]).splitFastq(by: 1, elem: 1, limit: 1).view { id, v -> "$id ${v.size()}" }
    channel.of(text, text).countFastq().view { n -> "reads $n" }
}
