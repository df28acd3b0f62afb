process fastQc {
    tag "$sample"
    input: val sample
    output: tuple val(sample), path('qc.txt')
    script: "echo qc > qc.txt"
}
process ALIGN_READS {
    tag "${sample}; lane 2 > [x] (final)"
    input: tuple val(sample), path('qc.txt')
    output: path 'bam'
    script: "echo bam > bam"
}
process multiQc {
    tag { 'grüße (✔' }
    input: path 'bam?'
    output: stdout
    script: "cat bam*"
}
workflow QC {
    take: samples
    main:
    fastQc(samples)
    ALIGN_READS(fastQc.out)
    emit: ALIGN_READS.out
}
workflow {
    QC(channel.of('s1', 'tab\there', 'a;b', 'one; status: COMPLETED; exit: 0', 'x' * 300))
    multiQc(QC.out.collect()) | view
}
