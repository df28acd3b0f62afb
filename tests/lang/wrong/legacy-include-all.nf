include './m'

workflow {
    println 1
}
// expect error 1:9 NF0209 an `include` must name what it includes
