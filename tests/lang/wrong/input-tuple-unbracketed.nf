process P {
    input:
    tuple val(sample), path reads

    output:
    tuple val(sample), path "*.bam"

    script:
    "touch $reads"
}
workflow {
    P(channel.of(['a', file('x')]))
}
// expect error 3:24 NF0114 within a tuple `path` needs brackets around its argument
// expect error 6:24 NF0114 within a tuple `path` needs brackets around its argument
