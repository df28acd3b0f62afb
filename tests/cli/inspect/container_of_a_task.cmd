3
cat >main.nf <<'END'
process KNOWN { container 'debian:12'; script: 'true' }
process ASKS {
  container "bwa:${version}"
  input: val version
  script: 'true'
}
workflow { ASKS(1) }
END
weir inspect main.nf --ignore-errors --format config
weir nextflow inspect -i main.nf -format config
weir nextflow inspect main.nf -format yaml; echo "status $?" >&2
weir inspect main.nf
