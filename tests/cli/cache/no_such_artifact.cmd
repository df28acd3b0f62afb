7
cp $HERE/../preprocess/calls.vcf .
weir cache stat 0000
