nextflow.enable.types = true

process A {
    output:
    stdout()
    file('x')

    script:
    'true'
}
// expect error 5:5 NF0408 each of several outputs needs a name: `name = value`
// expect error 6:5 NF0408 each of several outputs needs a name: `name = value`
