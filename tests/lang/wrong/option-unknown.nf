process A {
    input:
    path x, stagedAs: 'y'

    output:
    path 'x', optionl: true

    script:
    'true'
}
// expect error 3:13 NF0406 this input has no option `stagedAs`
// expect error 6:15 NF0406 this output has no option `optionl`
