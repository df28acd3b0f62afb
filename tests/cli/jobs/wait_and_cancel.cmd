5
mkdir in
seq 400000 -1 1 | awk '{ print "chr1\t" $1 "\t" $1 + 9 }' > in/big.bed
weir preprocess -q --level 12 in/big.bed & worker=$!
while [ -z "$(weir jobs list --state running,succeeded --json | jq -r '.jobs[].id')" ]; do :; done
kill -STOP $worker
weir jobs cancel @active --no-wait --reason 'not needed'
echo "status $?"
weir jobs cancel @active --timeout 0.05s
echo "status $?"
kill -9 $worker
wait $worker 2>/dev/null
weir jobs wait @last
status=$?
weir jobs show @last --json | jq -c '.job | {state, reason, cancel: .cancel.reason}'
exit $status
