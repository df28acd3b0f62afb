0
cat >main.nf <<'END'
process S {
  storeDir 'st'
  maxForks 1
  input: val x
  output:
  path "${x}.txt"
  path 'v_*.csv', optional: true
  script: "echo $x >${x}.txt; [ $x != a ] || touch v_1.csv v_2.csv"
}
workflow {
  S(channel.of('a', 'b'))
  S.out[1].map { files -> files.collect { f -> f.name }.sort() }.view()
}
END
weir run main.nf -q
weir run main.nf -q
