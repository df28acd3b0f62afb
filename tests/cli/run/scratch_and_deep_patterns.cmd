0
# ** crosses folders wherever it stands, also where bash brings the outputs back from the scratch folder.
cat > main.nf <<'NF'
process P {
  scratch true
  output:
  path 'd/**.out', emit: suffix
  path '**.top', emit: top
  path 'd/pre**post', emit: joined
  path 'd/x**/z', emit: prefix
  path 'd/{**.a,y/b}', emit: braces
  path 'd/**/q', emit: plain
  script:
  """
  mkdir -p d/x/y d/pre/e d/y
  touch d/1.out d/x/y/2.out 3.top d/x/4.top d/pre5post d/pre/e/6post d/x/z d/x/y/z d/x/7.a d/y/b d/q d/x/y/q
  """
}
workflow {
  P()
  P.out.suffix.concat(P.out.top, P.out.joined, P.out.prefix, P.out.braces, P.out.plain)
    .map { v -> [v].flatten().collect { f -> f.toString().replaceFirst('.*/[0-9a-f]{30}/', '') }.sort().join(' ') }.view()
}
NF
weir run -q main.nf
sed 's/scratch true/scratch false/' main.nf > plain.nf && weir run -q plain.nf
