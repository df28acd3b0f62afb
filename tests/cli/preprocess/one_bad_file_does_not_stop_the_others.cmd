3
printf 'chr1\t9\t5\n' > bad.bed
weir preprocess bad.bed $HERE/peaks.bed --output-dir out
status=$?
ls out
exit $status
