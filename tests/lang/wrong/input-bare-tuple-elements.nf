process A {
    input:
    tuple id, path(reads)

    script:
    'true'
}
// expect error 3:11 NF0405 there is no input qualifier `id`
