params {
    a: Integer = 1
}

params {
    b: Integer = 2
}

workflow {
    println params.a
}
// expect error 5:1 NF0112 a script has one `params` block
