workflow {
    def n = 0
    3.times { i -> n += i + 1 }
    def k = 2
    k.times { _i -> n += 10 }
    println n
}
