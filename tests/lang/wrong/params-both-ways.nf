params {
    a: Integer = 1
}

params.b = 2

workflow {
    println params.a
}
// expect error 5:1 NF0412 parameters are declared in the `params` block of this script
