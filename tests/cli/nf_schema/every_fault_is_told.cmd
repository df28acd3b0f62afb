3
# The functions themselves: what weir checks before a run is in flow/params_test.sh.
cat >samples.csv <<END
sample,fastq_1
s 1,none.fq
END
weir run "$HERE/pipeline" --no-validate --input samples.csv --aligner hisat --depth 0 --dept 3 2>&1 | sed -n '/WARN/,$p'
weir run "$HERE/pipeline" --no-validate -q --input samples.txt --outdir out
