0
printf 'sample,fastq_1\ns,a.fq\n' >samples.csv
touch a.fq
weir run "$HERE/pipeline" --input samples.csv --outdir out --aligner hisat2 2>&1 >/dev/null | sed -n '/Input/,/differ/p' |
    sed -E 's/^(  (runName|workDir|launchDir|projectDir|userName|configFiles) *: ).*/\1.../'
