2
# The input is not to blame, so no status 3.
: > file
printf 'chr1\t1\t2\n' > a.bed
weir preprocess a.bed -o file/out; echo "$?"
weir preprocess a.bed -o file; echo "$?"
weir preprocess a.bed --state-dir file/state; echo "$?"
weir preprocess a.bed --cache-dir file/cache
