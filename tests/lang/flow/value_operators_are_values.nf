// What gives one item gives a value: it can be read with every item of a queue, in any order.
workflow {
    n = channel.of(1, 2, 3)
    each_one = [first: n.first(), last: n.last(), count: n.count(), sum: n.sum(), min: n.min(), max: n.max(),
                reduce: n.reduce { a, b -> a + b }, list: n.toList(), sorted: n.toSortedList(), collect: n.collect()]
    each_one.each { name, value -> channel.of('p', 'q').combine(value.map { v -> [v] }).view { r -> "$name $r" } }
}
