nextflow.preview.recursion = params.x

workflow {
    println 1
}
// expect error 1:30 NF0118 the value of a feature flag must be a literal
