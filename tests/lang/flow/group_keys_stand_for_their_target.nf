workflow {
  def k = groupKey([id: 'a'], 2)
  println k + [x: 1]
  println groupKey([1, 2], 2) + [3]
  println groupKey(3, 2) + 4
  println groupKey(3, 2) - 4
  println groupKey([1, 2], 2) - [1]
  println([([id: 'a']): 1][k])
  println([[id: 'a']].contains(k))
  println(k in [[id: 'a']])
  println(k == [id: 'a'])
  println([1] + [k])
  println([k.target, k.size, k.size(), k.groupTarget, k.groupSize, k.id])
  channel.of([id: 'a'], k, [id: 'b']).unique().count().view { n -> "different $n" }
}
