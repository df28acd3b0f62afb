3
printf 'chr1\t1\t5\nchr1\t9\t5\n' > bad.bed
weir preprocess bad.bed --json 2>/dev/null >out.json
status=$?
jq -c '.files[0] | {status, error}' out.json
exit $status
