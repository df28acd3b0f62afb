2
printf 'old\tnew\n' > names
printf '@SQ\tSN:old\tLN:9\nr\t0\told\t5\t30\t1M\t*\t0\t0\tA\tI\n' > a.sam
weir preprocess a.sam --alias names --output-dir out
echo "status $?"
weir preprocess $HERE/peaks.bed a.sam --keep-gtf --contig-order natural --output-dir out
ls out
weir jobs list --plain | wc -l
weir preprocess $HERE/calls.vcf --contig-order bytes
