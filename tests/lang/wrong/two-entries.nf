workflow {
    println 1
}

workflow {
    println 2
}
// expect error 5:1 NF0112 a script has one entry workflow
