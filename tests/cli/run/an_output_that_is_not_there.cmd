0
cat >main.nf <<'END'
params.more = false
process P { output: path 'x.txt', emit: x; script: 'touch x.txt' }
workflow {
  P()
  if (params.more) P.out.y.view()
  P.out.x.view { it.name }
}
END
weir lint main.nf
weir run main.nf -q || exit
echo '{"more": true}' >more.json
weir run main.nf -q --params-file more.json 2>&1 | sed "s#$PWD#PWD#g"
