0
# Whom the umask keeps out of other files is kept out of results, too.
printf 'chr1\t1\t2\n' > a.bed
umask 077
mkdir open && chmod 755 open
weir preprocess -q a.bed -o open
weir preprocess -q a.bed -o open/copies --copy
stat -c '%a %n' open/a.bed.gz open/copies/a.bed.gz
