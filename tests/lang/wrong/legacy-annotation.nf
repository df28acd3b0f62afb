@Grab('a:b:1')

workflow {
    println 1
}
// expect error 1:1 NF0216 annotations are not part of the language
