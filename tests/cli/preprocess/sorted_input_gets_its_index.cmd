0
weir preprocess -q $HERE/calls.vcf --output-dir .
rm calls.vcf.gz.tbi
weir preprocess calls.vcf.gz --output-dir .
ls calls.vcf.gz*
