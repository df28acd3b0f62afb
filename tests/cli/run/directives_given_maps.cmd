0
cat >main.nf <<'END'
process A {
  publishDir([path: 'map', mode: 'copy'])
  publishDir([[path: 'list1', mode: 'copy'], [path: 'list2', mode: 'copy']])
  publishDir path: 'yes', enabled: 'TRUE'
  publishDir path: 'null', enabled: null
  publishDir path: 'one', enabled: 1
  publishDir path: 'no', enabled: 'false'
  ext prefix: 'p'
  ext([args: '-x'])
  output:
  path 'o.txt'
  script:
  "echo ${task.ext.args} ${task.ext.prefix} > o.txt"
}
process B {
  input:
  path x, stageAs: 'in/*'
  output:
  stdout
  script:
  "cat $x"
}
workflow {
  // An element of a path is a relative path: it is one of the launch folder.
  B(channel.value(file('sub/data.txt')).map { f -> f.getName(f.nameCount - 1) })
  A().map { f -> f.text }.concat(B.out).view { text -> text.trim() }
}
END
echo data >data.txt
weir run main.nf -q
ls */o.txt
