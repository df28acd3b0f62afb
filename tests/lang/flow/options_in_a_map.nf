// A map in front of the arguments is what named arguments are.
def grouped(ch, opts = [:]) {
  return ch.groupTuple(opts)
}
def kind(x, n = 1) {
  return "${x instanceof List ? 'list' : x instanceof Map ? 'map' : x} $n"
}
workflow {
  def c = channel.of([1, 'a'], [1, 'b'], [2, 'c'])
  c.groupTuple([by: 0]).view { v -> "literal $v" }
  grouped(c).view { v -> "default $v" }
  grouped(c, [by: 1]).view { v -> "given $v" }
  c.collect([flat: false]).view { v -> "collect $v" }
  channel.of([1, [2, 3], [4, 5]]).transpose([by: 2]).view { v -> "transpose $v" }
  c.combine([by: 0], channel.of([1, 'x'])).view { v -> "combine $v" }
  c.join([remainder: true], channel.of([3, 'y'])).view { v -> "join $v" }
  channel.of(1, 2, 3).buffer([size: 2, remainder: true]).view { v -> "buffer $v" }
  channel.of([a: 1]).combine([[b: 2]]).view { v -> "maps $v" }
  println kind('s')
  println kind([1, 2])
  println kind([a: 1])
  println kind('s', 2)
}
