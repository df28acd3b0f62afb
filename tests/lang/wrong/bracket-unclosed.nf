workflow {
    println(1
}
// expect error 2:12 NF0009 this `(` is never closed
