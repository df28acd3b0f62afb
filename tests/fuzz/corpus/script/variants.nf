// Which variants lie in which transcripts?
//
// A first lesson in weir: files are sorted and indexed by `weir preprocess`, a Redis server runs as a service
// of the pipeline while several tasks query it, and a gate holds the first tasks back until the input files
// have stopped changing (see nextflow.config).

params.variants = "$projectDir/data/*.{vcf,vcf.gz}"
params.reads = "$projectDir/data/*.bam"
params.transcripts = "$projectDir/data/transcripts.bed"
params.outdir = 'results'

// Sorts, compresses and indexes one file: x.vcf becomes x.vcf.gz and x.vcf.gz.tbi.
process SORT_AND_INDEX {
    tag "${source.name}"
    publishDir "${params.outdir}/indexed", mode: 'copy'
    hints 'stable/quiet': '200ms'

    input:
    path source, stageAs: 'input/*'

    output:
    tuple path('*.{vcf.gz,bam}'), path('*.{tbi,bai}')

    script:
    """
    weir preprocess --quiet --output-dir . $source
    """
}

// A Redis server on a Unix socket, loaded with the transcripts. `service true`: weir starts it when the first
// task needs it, hands out the socket once it is there, and stops it when the last task is done.
process TRANSCRIPT_SERVER {
    service true

    input:
    path transcripts

    output:
    path 'redis.sock'

    script:
    """
    redis-server --port 0 --unixsocket loading.sock --save '' --appendonly no &
    until redis-cli -s loading.sock ping; do sleep 0.05; done
    load_transcripts.sh $transcripts | redis-cli -s loading.sock > /dev/null
    mv loading.sock redis.sock    # only now is it ready
    wait
    """
}

// Asks the server for the transcripts at each variant's position.
process ANNOTATE {
    tag "${vcf.simpleName}"
    publishDir "${params.outdir}/annotated", mode: 'copy', pattern: '*.tsv'

    input:
    tuple path(vcf), path(index)
    path socket

    output:
    path "${vcf.simpleName}.tsv", emit: table
    path "${vcf.simpleName}.count", emit: count

    script:
    """
    annotate.sh $socket $vcf > ${vcf.simpleName}.tsv
    count.sh ${vcf.simpleName} < ${vcf.simpleName}.tsv > ${vcf.simpleName}.count
    """
}

workflow {
    sources = channel.fromPath([params.variants, params.reads])
    SORT_AND_INDEX(sources)

    server = TRANSCRIPT_SERVER(file(params.transcripts))
    vcfs = SORT_AND_INDEX.out.filter { data, index -> data.name.endsWith('.vcf.gz') }
    ANNOTATE(vcfs, server)

    ANNOTATE.out.count
        .collectFile(name: 'summary.tsv', storeDir: params.outdir, sort: { it.name },
                     seed: "file\tvariants\tin_transcripts\ttranscripts_hit\n")
        .view { table -> "summary: ${table}" }
}
