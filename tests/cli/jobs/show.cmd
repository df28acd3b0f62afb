0
printf 'chr1\t9\t5\n' > bad.bed
weir preprocess bad.bed 2>/dev/null
weir jobs show @last
weir jobs show @last --events 1 --json | jq -c '.schema, .job.state, .job.error, .events[0].type, (.events | length)'
