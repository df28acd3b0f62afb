// 'deep' goes by what is in the files, in the order that upstream gives: c, b, a.
workflow {
  def a = '/launch/f1.txt' as Path
  a.text = 'a\n'
  def b = '/launch/f2.txt' as Path
  b.text = 'b\n'
  def c = '/launch/f3.txt' as Path
  c.text = 'c\n'
  channel.of(a, b, c).collectFile(name: 'd.txt', sort: 'deep').view { file -> file.text }
}
