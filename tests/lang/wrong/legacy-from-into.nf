process A {
    input:
    val x from ch

    output:
    file 'y' into results

    script:
    'true'
}
// expect error 3:11 NF0205 `from` binds channels as the first version of the language (DSL1) did
// expect error 6:14 NF0205 `into` binds channels as the first version of the language (DSL1) did
