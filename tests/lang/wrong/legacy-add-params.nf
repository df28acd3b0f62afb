include { a } from './m' addParams(x: 1)

workflow {
    a()
}
// expect error 1:20 NF0500 cannot read the script `./m`
// expect error 1:26 NF0208 an `include` has no `addParams` any more
