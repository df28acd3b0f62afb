nextflow.preview.dsl = 2
workflow {
    println 'x'
}
// expect error 1:1 NF0411 there is no feature flag `nextflow.preview.dsl`
