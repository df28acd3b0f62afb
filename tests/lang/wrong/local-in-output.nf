process A {
    output:
    path "${name}.txt"

    script:
    def name = 'x'
    'true'
}
// expect error 3:13 NF0300 `name` is not defined
