2
weir preprocess x.vcf --level 13
weir preprocess x.vcf --memory much
weir preprocess x.vcf --memory 1K
weir preprocess x.vcf --index-type bia
weir preprocess x.vcf --format docx
weir preprocess x.vcf --threads 0
weir preprocess x.vcf --strict --lenient
