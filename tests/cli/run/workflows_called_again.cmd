3
cat >main.nf <<'END'
params.t = 'script'
def set_it() {
  params.x = 'function'
  params.t = 'function'
  params['z'] = 'function'
}
process P {
  input:
  val x
  output:
  stdout
  script:
  "echo $x"
}
workflow PLAIN {
  take:
  x
  main:
  y = x.map { v -> v * 10 }
  emit:
  y
}
workflow WORK {
  take:
  x
  main:
  P(x)
}
workflow {
  set_it()
  params.x = 'workflow'
  println "$params.x $params.t $params.z"
  PLAIN(channel.of(1))
  a = PLAIN.out
  PLAIN(channel.of(2))
  P { channel.of('a closure') }
  a.concat(PLAIN.out).toList().concat(P.out).view { v -> "$v".trim() }
  if (params.twice) {
    WORK(channel.of(1))
    WORK(channel.of(2))
  }
}
END
printf 'params.twice = false\n' >nextflow.config
weir run main.nf -q --x given || exit
echo
echo '{"twice": true}' >twice.json
weir run main.nf -q --params-file twice.json
