agent A {
    prompt:
    'hello'
}

workflow {
    println 1
}
// expect error 1:1 NF0700 weir does not run agents
