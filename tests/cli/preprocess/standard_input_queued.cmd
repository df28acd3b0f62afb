2
weir preprocess - --detach < $HERE/calls.vcf
