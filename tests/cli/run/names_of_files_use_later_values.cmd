0
touch a.txt b.txt
cat >main.nf <<'END'
process P {
  debug true
  input:
  path "${dir}/*"
  tuple path(one, stageAs: "${meta.id}.in"), val(meta)
  val dir
  script: "find -L . -name '*.txt' -o -name '*.in'"
}
workflow { P(file('a.txt'), channel.of([file('b.txt'), [id: 'x']]), 'sub/y') }
END
weir run main.nf -q | sort
