0
cat >nextflow.config <<'END'
process { container = 'debian:12' }
process { withName: 'ALIGN' { container = { "bwa:${params.version}" } } }
profiles { d { docker.enabled = true; docker.registry = 'reg.io' } }
END
cat >main.nf <<'END'
include { SORT as SORT_TWICE } from './sort.nf'
params.version = '0.7'
process ALIGN { script: 'true' }
process PLAIN { script: 'true' }
process NONE { container false; script: 'true' }
workflow { ALIGN(); SORT_TWICE(); error 'it is not run' }
END
cat >sort.nf <<'END'
process SORT { container "samtools:${workflow.containerEngine ?: 1}"; script: 'true' }
process UNUSED { container 'nobody:1'; script: 'true' }
END
weir inspect main.nf
weir inspect . --format config --version 0.8
weir nextflow inspect . -profile d -format config
ls
