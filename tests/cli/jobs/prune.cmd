0
cp $HERE/../preprocess/calls.vcf $HERE/../preprocess/peaks.bed .
weir preprocess -q calls.vcf
weir preprocess -q peaks.bed
weir jobs prune --keep 1 --dry-run
weir jobs prune --older-than 1d
weir jobs prune --keep 1
weir jobs list --plain | wc -l
weir jobs prune --keep -1
echo "status $?"
