0
# Index files and the list at the end as Nextflow 26.08 writes them.
cat > main.nf <<'NF'
process P {
  maxForks 1
  input: val id
  output: tuple val([id: id, n: 1]), path("${id}.txt")
  script: "echo $id > ${id}.txt"
}
workflow {
  main:
  P(channel.of('a', 'b'))
  records = P.out.map { m, f -> m + [file: f, list: ['x', 1], 'a: b': null] }
  texts = channel.of([lines: 'l1\nl2\n', cut: 'a\nb', blank: '  x\ny\n', ends: 'a\n\n', empty: '', yes: 'yes',
    number: '1e5', clock: '12:30', date: '2024-01-01', octal: '08', comma: 'a, b', inner: [list: ['x\ny', [:], []]]])
  publish:
  block = texts
  list = channel.of('x', 'a:b', 'c]', '<<', '---')
  single = channel.value([a: 1, b: [c: 'd']])
  named = records
  some = records
  pairs = P.out
  none = channel.empty()
  off = records
  many = channel.of(1..25)
}
output {
  block { index { path 'block.yml' } }
  list { index { path 'list.yaml' } }
  single { index { path 'single.json' } }
  named { path 'named'; index { path 'named.csv'; header true } }
  some { index { path 'in/some.csv'; header 'file', 'absent', 'id'; sep ';' } }
  pairs { path { m, f -> f >> "pairs/${m.id}.renamed" } }
  none { index { path 'none.csv'; header(['a', 'b']) } }
  off { enabled false }
  many { }
}
NF
weir run -q main.nf | sed "s#$PWD#PWD#g"
cd results && for f in block.yml list.yaml single.json named.csv in/some.csv none.csv; do echo "== $f"; sed "s#${PWD%/results}#PWD#g" $f; done
