include { a } from './not-there'

workflow {
    a()
}
// expect error 1:20 NF0500 cannot read the script `./not-there`
