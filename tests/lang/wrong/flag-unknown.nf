nextflow.enable.speed = true

workflow {
    println 1
}
// expect error 1:1 NF0411 there is no feature flag `nextflow.enable.speed`
