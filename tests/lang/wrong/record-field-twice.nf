record R {
    a: String
    a: Path
}

workflow {
    println 1
}
// expect error 3:5 NF0305 a second field is called `a`
