0
cat >nextflow.config <<'END2'
executor {
    queueSize = 7
    $local { queueSize = 1 }
    $sge { queueSize = 3 }
}
END2
cat >main.nf <<'END2'
process P {
    input: val x
    output: stdout
    script:
    """
    mkdir '${workflow.launchDir}/alone' && printf 'alone ' || printf 'not alone '
    rmdir '${workflow.launchDir}/alone'
    """
}
workflow { P(channel.of(1, 2, 3)).collect().view() }
END2
weir run main.nf -q
