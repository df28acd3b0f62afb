include { a, b } from './m'

workflow {
    a()
}
// expect error 1:12 NF0122 included names are separated by `;` or a newline
// expect error 1:23 NF0500 cannot read the script `./m`
