0
# A name is one name, whatever is in it.
printf 'chr1\t1\t2\n' > '[a,b]'
printf 'chr1\t1\t2\n' > '{}'
printf 'chr1\t1\t2\n' > -
weir preprocess --json '[a,b]' '{}' ./- | tr , '\n' | grep source\"
