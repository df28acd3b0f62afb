0
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
key=$(weir cache ls --kind data --json | jq -r '.artifacts[0].key')
size=$(weir cache stat $key --json | jq .artifact.size)
weir cache get $key -o whole
weir cache get $(printf %.12s $key) > again
cmp whole again
weir cache get $key --range 0-3 | od -An -tx1
weir cache get $key --range -28 > end; tail -c 28 whole | cmp - end && echo tail
weir cache get $key --range 10-999999 | wc -c | xargs test $((size - 10)) -eq && echo cut
bgzip -dc whole | grep -vc '^#'
