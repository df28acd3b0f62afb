process P {
    publishDir 'results', mode: copy
    errorStrategy ignore

    script:
    'true'
}
workflow {
    P()
}
// expect error 2:33 NF0300 `copy` is not defined
// expect error 3:19 NF0300 `ignore` is not defined
