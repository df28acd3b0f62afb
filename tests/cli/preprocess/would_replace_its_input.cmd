2
bgzip -c $HERE/calls.vcf > calls.vcf.gz
cp calls.vcf.gz before
weir preprocess calls.vcf.gz --output-dir .
status=$?
cmp before calls.vcf.gz
exit $status
