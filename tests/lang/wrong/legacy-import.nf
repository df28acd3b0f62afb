import groovy.json.JsonSlurper

workflow {
    println 1
}
// expect error 1:1 NF0200 `import` is not part of the language
