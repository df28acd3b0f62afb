1
for i in 1 2; do printf '@r1\nAC\n+\nII\n@r2\nGT\n+\nJJ\n' >s_$i.fq; gzip -n s_$i.fq; done
printf '@r1\nAC\n+\nII\n' >short.fq
cat >main.nf <<'END2'
workflow {
    pairs = channel.fromFilePairs('s_{1,2}.fq.gz', flat: true)
    if (params.what == 'pairs') pairs.splitFastq(by: 1, pe: true, file: true).view { k, a, b -> "$k ${a.name} ${b.name} ${a.text.readLines()[0]}" }
    if (params.what == 'gzip') pairs.splitFastq(by: 1, pe: true, file: true, compress: true).view { k, a, b -> "$k ${a.name} ${b.name} ${b.splitFastq(record: true)[0].readHeader}" }
    if (params.what == 'text') pairs.splitFastq(by: 2, elem: [1, 2], pe: true).view { k, a, b -> "$k ${a.size()} ${b.size()}" }
    if (params.what == 'uneven') channel.of(['s', file('s_1.fq.gz'), file('short.fq')]).splitFastq(by: 1, pe: true).view()
    if (params.what == 'single') channel.of(file('short.fq')).splitFastq(by: 1, pe: true).view()
}
END2
for what in pairs gzip text uneven single; do weir run main.nf -q --what $what 2>&1; done
