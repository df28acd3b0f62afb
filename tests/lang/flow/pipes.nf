channel.of(3, 1, 2) | map { x -> x * 2 } | toSortedList | view
