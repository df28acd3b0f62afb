0
cat >nextflow.config <<'END'
params {
  whole = [k: 1, inner: [x: 1]]
  block { a = 1; m = [x: 1] }
  deep.map = [s: 1]
}
END
printf '{"whole": {"l": "x", "inner": {"y": 2}}, "block": {"m": {"y": 2}}}' >p.json
cat >main.nf <<'END'
workflow { println params.whole; println params.block; println params.deep }
END
weir run main.nf -q --params-file p.json
weir run main.nf -q --whole.k 9 --block.a 7 --deep.map.t 3
