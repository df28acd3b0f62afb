include a from './m'

workflow {
    println 1
}
// expect error 1:9 NF0209 the names of an `include` stand in braces
