process A {
    take:
    x

    script:
    'true'
}
// expect error 2:5 NF0119 a process has no section `take:`
