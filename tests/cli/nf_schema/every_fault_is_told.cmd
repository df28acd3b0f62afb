3
cat >samples.csv <<END
sample,fastq_1
s 1,none.fq
END
weir run "$HERE/pipeline" --input samples.csv --aligner hisat --depth 0 --dept 3 2>&1 | sed -n '/WARN/,$p'
weir run "$HERE/pipeline" -q --input samples.txt --outdir out
