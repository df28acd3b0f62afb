0
cp $HERE/../preprocess/calls.vcf $HERE/../preprocess/peaks.bed .
weir preprocess -q calls.vcf
weir preprocess -q peaks.bed
printf 'chr1\t9\t5\n' > bad.bed
weir preprocess bad.bed 2>/dev/null
weir jobs list
weir jobs list --state failed --plain | cut -f 2,3
weir jobs list --kind run,service --plain
weir jobs list --limit 1 --json | jq '.jobs | length'
weir jobs list --since 1h --json | jq '.jobs | length'
first=$(weir jobs list --limit 1 --json | jq -r '.jobs[0].id')
weir jobs list --before $first --json | jq '.jobs | length'
