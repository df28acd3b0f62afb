workflow {
    def new = 1
}
// expect error 2:9 NF0102 `new` is a word of the language and cannot be the name of a variable
