9
weir preprocess $HERE/calls.vcf --output-dir /sys/weir
