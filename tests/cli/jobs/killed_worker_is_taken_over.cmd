0
mkdir in
i=0
while [ $i -lt 20000 ]; do i=$((i + 1)); echo "chr1	$((90000 - i))	$((90010 - i))"; done > in/big.bed
weir preprocess -q --output-dir out in/big.bed &
worker=$!
while [ -z "$(weir jobs list --state running,succeeded --plain | tail -n +2)" ]; do :; done
kill -9 $worker
wait $worker 2>/dev/null
weir preprocess -q --output-dir out in/big.bed
weir jobs list --plain | cut -f 2,3
bgzip -dc out/big.bed.gz | wc -l
