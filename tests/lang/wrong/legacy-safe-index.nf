workflow {
    def a = [1]
    println a?[0]
}
// expect error 3:14 NF0213 `?[` is not part of the language
