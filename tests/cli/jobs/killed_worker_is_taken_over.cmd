0
mkdir in
seq 400000 -1 1 | awk '{ print "chr1\t" $1 "\t" $1 + 9 }' > in/big.bed
weir preprocess -q --level 12 --output-dir out in/big.bed &
worker=$!
while [ -z "$(weir jobs list --state running,succeeded --plain | tail -n +2)" ]; do :; done
kill -9 $worker
wait $worker 2>/dev/null
weir preprocess -q --level 12 --output-dir out in/big.bed
weir jobs list --plain | cut -f 2,3
bgzip -dc out/big.bed.gz | wc -l
