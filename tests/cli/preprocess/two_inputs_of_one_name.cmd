2
mkdir a b
cp $HERE/calls.vcf a
sed 's/300/301/' $HERE/calls.vcf > b/calls.vcf
weir preprocess a/calls.vcf b/calls.vcf --output-dir out
