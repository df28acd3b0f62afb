2
echo 'workflow { println "ran" }' >main.nf
weir run main.nf --quiet
weir jobs retry @last
status=$?
weir jobs list --json | jq '.jobs | length'
exit $status
