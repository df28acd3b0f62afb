// Runs that a sequencer is still writing: each is taken up when it is complete.
//
// nextflow.config names two gates. `marker` waits for the file that the instrument writes last in each run folder;
// `quiet` waits until nothing below it has changed for a while, for copies that are still under way. A task that
// waits holds no cpu: other tasks go on.

params.runs = 'runs'
params.outdir = 'results'

process COUNT_READS {
    tag "${run.name}"
    publishDir params.outdir, mode: 'copy'
    hints 'marker/maxWait': '2d', 'quiet/maxWait': '2d'

    input:
    path run

    output:
    path "${run.name}.count"

    script:
    """
    cat $run/*.fastq | awk 'END { print NR / 4 }' > ${run.name}.count
    """
}

workflow {
    COUNT_READS(channel.fromPath("${params.runs}/*", type: 'dir'))
}
