0
cat >nextflow.config <<'END'
process { container = 'debian:12' }
process { withName: 'ALIGN' { container = { "bwa:${params.version}" } } }
END
cat >main.nf <<'END'
params.version = '0.7'
process ALIGN { script: 'true' }
process SORT { container 'samtools:1.16'; script: 'true' }
process PLAIN { script: 'true' }
process UNUSED { container 'nobody:1'; script: 'true' }
workflow { ALIGN(); SORT(); PLAIN() }
END
weir inspect main.nf
weir inspect . --format config --version 0.8
ls
