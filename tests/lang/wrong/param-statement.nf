params {
    a: Integer = 1
    println 'x'
}

workflow {
    println params.a
}
// expect error 3:13 NF0121 unexpected string in the declaration of a parameter
