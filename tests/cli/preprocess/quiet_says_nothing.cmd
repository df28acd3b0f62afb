0
weir preprocess --quiet $HERE/calls.vcf --output-dir out
ls out
