0
weir nextflow run -h
weir nextflow help
