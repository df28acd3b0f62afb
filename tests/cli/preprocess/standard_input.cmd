0
weir preprocess - --output-dir out < $HERE/calls.vcf
ls out
weir jobs list --plain | cut -f 2-3,8
weir jobs list --json | jq -r '.jobs[0].name'
gzip -dc out/*.gz | grep -c '^[12]'
