workflow {
    def f = (a, b) -> a + b
}
// expect error 2:20 NF0213 `->` belongs to the parameters of a closure
