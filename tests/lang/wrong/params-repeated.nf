params {
    a: Integer = 1
    a: Integer = 2
}

workflow {
    println params.a
}
// expect error 3:5 NF0305 parameter `a` is declared twice
