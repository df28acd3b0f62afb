0
for i in 1 2 3 4 5 6; do sed "s/300/30$i/" $HERE/calls.vcf > $i.vcf; done
weir preprocess --jobs 3 --threads 3 [1-6].vcf --output-dir out >lines
wc -l <lines
ls out | wc -l
