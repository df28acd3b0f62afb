workflow {
    println "costs 5$"
}
// expect error 2:21 NF0007 a `$` in a string must be followed by a name or `{`
