nextflow.enable.types = true

process A {
    input:
    val x

    script:
    'true'
}
// expect error 5:5 NF0419 in a typed script an input is declared as `name: Type`
