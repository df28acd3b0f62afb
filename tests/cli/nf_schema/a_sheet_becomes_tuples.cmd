0
cat >samples.csv <<END
sample,strand,fastq_1,fastq_2,lanes
001,reverse,a_1.fq,a_2.fq,2
1e5,,a_1.fq,,
END
touch a_1.fq a_2.fq
weir run "$HERE/pipeline" -q --input samples.csv --outdir out --depth 12
