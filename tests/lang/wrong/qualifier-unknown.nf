process A {
    input:
    vol x

    output:
    pathh 'x'

    script:
    'true'
}
// expect error 3:5 NF0405 there is no input qualifier `vol`
// expect error 6:5 NF0405 there is no output qualifier `pathh`
