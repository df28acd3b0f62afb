0
cat >nextflow.config <<'END'
manifest { doi = ['10.1/a', '10.2/b']; version = 1.5; contributors = [[name: 'a']] }
END
cat >main.nf <<'END'
workflow {
  println workflow.manifest.doi.tokenize(',')
  println workflow.manifest.version instanceof String
  println workflow.manifest.contributors[0].name
  println workflow.manifest.author
}
END
weir run main.nf -q
