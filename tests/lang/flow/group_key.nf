channel.of([groupKey('a', 2), 1], [groupKey('b', 1), 9], [groupKey('a', 2), 2]).groupTuple().view { k, v -> "${k} ${k.groupSize} ${v}" }
