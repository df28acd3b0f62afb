0
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
echo text > notes.txt
key=$(weir cache put notes.txt --kind notes --source calls.vcf --parameter a=1)
test $(weir cache put notes.txt --kind notes --source calls.vcf --parameter a=1) = $key && echo same
weir cache export -o all.tar.zst
weir cache export --level 9 $key | zstdcat | tar -tf - | sed 's|blobs/.*|blobs/…|'
weir cache import --cache-dir other all.tar.zst --dry-run
weir cache import --cache-dir other all.tar.zst
weir cache import --cache-dir other all.tar.zst --json
weir cache ls --cache-dir other --plain | cut -f 2,3,5 | LC_ALL=C sort
weir cache get --cache-dir other $key
weir cache verify --cache-dir other
