1
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
weir cache verify
blob=$(find $WEIR_CACHE_DIR/blobs -type f -size -200c)
chmod u+w $blob
printf 'X' | dd of=$blob bs=1 seek=20 conv=notrunc 2>/dev/null
weir cache verify
status=$?
weir cache ls --plain | cut -f 2
ls $WEIR_CACHE_DIR/quarantine | wc -l
weir preprocess -q calls.vcf
weir cache verify
exit $status
