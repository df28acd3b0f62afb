0
weir preprocess -q $HERE/calls.vcf
cp $HERE/calls.vcf renamed.vcf
weir preprocess $HERE/calls.vcf renamed.vcf --output-dir out
ls out
weir jobs list --plain | wc -l
