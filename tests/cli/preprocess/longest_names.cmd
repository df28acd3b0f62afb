0
# 255 bytes with the index's suffix: a temporary name beside it must not be longer.
name=$(printf '%0244d' 0)
printf 'chr1\t1\t2\n' > "$name.bed"
weir preprocess -q "$name.bed" -o linked && weir preprocess -q "$name.bed" -o copied --copy
ls -A linked copied | grep -v 0.bed.gz
weir cache get "$(weir cache ls --kind data --json | jq -r '.artifacts[0].key')" -o "$name.bed.gz.out"
ls | grep -c 'out$'
