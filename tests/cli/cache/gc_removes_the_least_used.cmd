0
cp $HERE/../preprocess/calls.vcf $HERE/../preprocess/peaks.bed .
weir preprocess -q calls.vcf
weir preprocess -q peaks.bed
weir cache pin $(weir cache ls calls --json | jq -r '.artifacts[].key')
weir cache gc --max-size 0 --dry-run
weir cache gc --max-size 0
weir cache ls --plain | cut -f 2,5
weir cache unpin $(weir cache ls --json | jq -r '.artifacts[].key')
weir cache gc --max-size 0 --json | jq -c '{schema, removed: (.removed | length), removed_size, kept_size}'
weir cache du --json
