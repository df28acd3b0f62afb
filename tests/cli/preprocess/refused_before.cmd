3
printf '##fileformat=VCFv4.2\n1\t5\t.\tA\tC\t.\t.\t.\n' > bad.vcf
weir preprocess bad.vcf 2>/dev/null
weir preprocess bad.vcf
status=$?
weir jobs list --plain | wc -l
exit $status
