include { a } from "${projectDir}/m"

workflow {
    a()
}
// expect error 1:20 NF0122 the source of an `include` must be a plain string
