0
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
weir cache du
weir cache rm $(weir cache ls --kind index --json | jq -r '.artifacts[0].key')
weir cache du --plain
weir preprocess calls.vcf | cut -d, -f 2
