process A {
    input:
    set val(id), file(reads)

    script:
    'true'
}
// expect error 3:5 NF0222 `set` is now `tuple`
