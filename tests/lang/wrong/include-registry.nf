include { a } from 'nf-core/fastqc'

workflow {
    a()
}
// expect error 1:20 NF0503 weir does not fetch the module `nf-core/fastqc`
