0
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
key=$(weir cache ls --kind data --json | jq -r '.artifacts[0].key')
rm -r $WEIR_CACHE_DIR/blobs
weir cache get $key
echo "status $?"
weir preprocess calls.vcf
weir cache get $key | bgzip -dc | grep -vc '^#'
