0
cat >main.nf <<'END'
process E {
  publishDir 'out', mode: 'copy', saveAs: { f -> println "saveAs <$f>"; f }
  input: val x
  output:
  path './.', emit: e
  path 'd/.'
  path 'd2//z'
  script: "touch ${x}.log; mkdir d d2; touch d/a d2/z"
}
workflow { E(channel.of(1)) }
END
weir run main.nf -q
find out | sort
