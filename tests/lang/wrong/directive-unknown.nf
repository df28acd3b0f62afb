process A {
    cpu 2

    script:
    'true'
}
// expect error 2:5 NF0404 there is no process directive `cpu`
