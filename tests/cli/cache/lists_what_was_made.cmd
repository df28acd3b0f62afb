0
cp $HERE/../preprocess/calls.vcf .
weir cache ls
weir preprocess -q calls.vcf
weir cache ls
weir cache ls --plain --kind index | cut -f 2,3,5
weir cache ls nothing
