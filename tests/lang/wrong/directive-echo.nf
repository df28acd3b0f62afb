process A {
    echo true

    script:
    "true"
}
// expect error 2:5 NF0404 there is no process directive `echo`
