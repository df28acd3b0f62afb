workflow {
    def a = [1, b: 2]
}
// expect error 2:17 NF0105 a list item among the entries of a map
