workflow {
    var x = 3
    println x
}
// expect error 2:5 NF0221 `var` is not part of the language
