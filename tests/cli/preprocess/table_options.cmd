0
printf '!names\n!at\nz\t5\t6\nc2\t0\t1\nc10\t4\t9\nc2\t0\t1\n' > a.tsv
printf 'z\nc2\n' > order
weir preprocess -q a.tsv --columns 1,2,3 --zero-based --comment '!' --contig-order order --output-dir listed
gzip -dc listed/a.tsv.gz
tabix listed/a.tsv.gz c10:5-5
weir preprocess -q a.tsv --columns 1,2,3 --zero-based --comment '!' --contig-order natural --output-dir natural
gzip -dc natural/a.tsv.gz | cut -f 1
