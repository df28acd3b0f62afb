3
printf '##fileformat=VCFv4.2\n1\t5\t.\tA\tC\t.\t.\t.\n' > bad.vcf
weir preprocess bad.vcf --output-dir out
status=$?
ls out
weir jobs list --plain | cut -f 2,3
exit $status
