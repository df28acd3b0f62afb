3
weir preprocess absent.vcf
