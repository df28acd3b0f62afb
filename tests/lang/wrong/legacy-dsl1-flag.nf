nextflow.enable.dsl = 1

workflow {
    println 1
}
// expect error 1:1 NF0205 weir runs scripts for DSL2 only
