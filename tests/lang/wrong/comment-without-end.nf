workflow {
    println 1
}
/* begins here
// expect error 4:1 NF0004 this comment has no end
