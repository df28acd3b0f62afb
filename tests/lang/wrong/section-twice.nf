process A {
    script:
    'true'

    script:
    'false'
}
// expect error 5:5 NF0108 a second section `script:`
