0
# A cache of one state directory, looked at and swept by another: what the first has stays.
printf 'chr1\t1\t2\n' >a.bed
weir preprocess a.bed --state-dir one --output-dir out -q
find $WEIR_CACHE_DIR/blobs -type f -exec touch -d '2 days ago' {} +
weir cache ls --state-dir two
weir cache gc --state-dir two --max-size 0
weir cache gc --state-dir two --json | jq .others_size
weir cache ls --state-dir one --plain | cut -f 2
weir preprocess a.bed --state-dir one --output-dir out2 | grep -o cached
rm -r one
weir cache gc --state-dir two --max-size 0
