1
cat >main.nf <<'END'
process AGAIN {
    input:
    val group

    output:
    val group, topic: results

    exec:
    println group
}
workflow {
    channel.topic('results')
        .mix(channel.of('a', 'b', 'b'))
        .map { name -> [groupKey(name, 3), name] }
        .groupTuple()
        .set { groups }
    AGAIN(groups)
}
END
weir run -q main.nf
