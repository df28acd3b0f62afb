3
cat >main.nf <<'END'
process P {
  input:
  val a
  val b
  script:
  "true"
}
process E {
  input:
  val x
  exec:
  println "exec $x"
}
workflow {
  E(1)
  if (params.more) P(channel.of(1), params.none)
}
END
cat >nextflow.config <<'END'
params { more = false; none = null }
trace { enabled = true; file = 'trace.txt'; fields = 'name,status,exit' }
END
weir run main.nf -q
cat trace.txt
echo '{"more": true}' >more.json
weir run main.nf -q --params-file more.json
