2
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
key=$(weir cache ls --kind index --json | jq -r '.artifacts[0].key')
for range in 5-2 999999- -0 x 3 -; do weir cache get $key --range=$range; done
