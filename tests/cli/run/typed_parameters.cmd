3
# What a declared type makes of words, of values in files, and of elements and fields.
cat > main.nf <<'NF'
params {
  number: Float = 1.5
  names: List<String> = []
  bag: Bag<String> = ['b', 'a']
  one: Sample? = null
  many: List<Sample> = []
}
record Sample {
  id: String
  n: Integer
}
workflow {
  println "${params.number} ${params.number instanceof Integer} ${params.names} ${params.names.every { n -> n instanceof String }}"
  println "${params.bag instanceof Bag} ${params.one} ${params.many.collect { s -> s.id + s.n }}"
}
NF
weir run -q main.nf --number 2
cat > nextflow.config <<'NF'
params.names = [1, 2.5, true]
params.many = [[id: 7, n: 1], [id: 'x', n: 2]]
NF
weir run -q main.nf
weir run -q main.nf --one sample.json
