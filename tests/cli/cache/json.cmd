0
cp $HERE/../preprocess/calls.vcf .
weir cache ls --json
weir preprocess -q calls.vcf
weir cache ls --json | jq -c '.schema, (.artifacts[0] | keys)'
