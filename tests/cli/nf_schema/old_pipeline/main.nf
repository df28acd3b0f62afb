include { fromSamplesheet ; validateParameters } from 'plugin/nf-validation'

workflow {
    validateParameters()
    channel.fromSamplesheet('input').view { meta, reads -> "$meta ${reads.name}" }
}
