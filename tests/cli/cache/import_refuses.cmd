3
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
weir cache export -q -o all.tar.zst
weir cache import --cache-dir other calls.vcf; echo "status $?"
weir cache import --cache-dir other all.tar.zst --max-size 10; echo "status $?"
weir cache ls --cache-dir other
weir cache import --cache-dir other calls.vcf 2>/dev/null
