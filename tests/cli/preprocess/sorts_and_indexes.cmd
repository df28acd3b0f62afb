0
weir preprocess $HERE/calls.vcf $HERE/peaks.bed --output-dir out
ls out
bgzip -dc out/calls.vcf.gz | grep -v '^##' | cut -f 1,2
tabix out/calls.vcf.gz 1:150-250 | cut -f 1,2
tabix out/peaks.bed.gz chr1:1-5
