workflow {
    channel.of(1).map(v -> v).view()
}
// expect error 2:25 NF0213 `->` belongs to the parameters of a closure
