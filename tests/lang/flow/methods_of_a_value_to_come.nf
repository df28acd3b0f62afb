// What a value channel does not know itself is asked of its value when that is there.
workflow {
  channel.of(3, 1, 2).toList().sort().view { v -> "sorted $v" }
  channel.value([id: 5, n: [x: 1]]).n.x.view { v -> "property $v" }
  channel.of(1, 2).collect().size().view { v -> "size $v" }
  channel.of('a', 'b').count().plus(1).view { v -> "plus $v" }
  (channel.value(3) + 4).view { v -> "sum $v" }
  (channel.value(3) - 4).view { v -> "difference $v" }
  (channel.value(3) * 4).view { v -> "product $v" }
  (channel.value([1]) + [2]).view { v -> "lists $v" }
  channel.value('a-b').tokenize('-').view { v -> "words $v" }
  channel.of('x').first().toUpperCase().combine(channel.of(1)).view { v -> "combined $v" }
}
