process A {
    input:
    val x
}
// expect error 1:9 NF0109 this process has no `script:` or `exec:` section
