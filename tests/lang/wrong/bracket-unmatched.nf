workflow {
    println 1)
}
// expect error 2:14 NF0010 this `)` closes nothing
