0
cat >samples.csv <<END
sample,single_end,fastq
a,true,a.fq
b,false,b.fq
END
touch a.fq b.fq
weir run "$HERE/old_pipeline" -q --input samples.csv
