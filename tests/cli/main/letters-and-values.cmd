0
# One letter's value may stand behind it, with or without a blank or "="; letters may be joined.
printf 'chr1\t1\t2\n' > a.bed
weir preprocess -oone a.bed -q
weir preprocess -o=two a.bed -q
weir preprocess -qo three a.bed
ls -d one two three
