1
cat >stub.nf <<'END'
process P {
  input: val x
  output: path "${prefix}.txt"
  script:
  prefix = "p_$x"
  "touch ${prefix}.txt"
  stub:
  "touch ${prefix}.txt"
}
workflow { P(1).view { it.name } }
END
cat >branch.nf <<'END'
workflow {
  if (params.more) found = channel.of('more')
  later = { found }
  found.view()
  found = channel.of('again')
  later().view()
}
END
echo 'params.more = false' >nextflow.config
echo '{"more": true}' >more.json
weir run stub.nf -q
weir run branch.nf -q --params-file more.json
weir run branch.nf -q
echo "$?"
weir run stub.nf -q -stub
