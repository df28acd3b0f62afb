process A {
    input:
    x: String

    script:
    'true'
}
// expect error 3:5 NF0418 `name: Type` declares an input in typed scripts only
