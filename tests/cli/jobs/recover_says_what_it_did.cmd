0
mkdir in
seq 400000 -1 1 | awk '{ print "chr1\t" $1 "\t" $1 + 9 }' > in/big.bed
weir preprocess -q --level 12 in/big.bed & worker=$!
while [ -z "$(weir jobs list --state running,succeeded --json | jq -r '.jobs[].id')" ]; do :; done
kill -9 $worker
wait $worker 2>/dev/null
weir jobs recover --dry-run
weir jobs recover --json | jq -c '.jobs[] | {from, to}'
weir jobs recover
