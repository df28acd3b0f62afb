2
printf 'chr1\t1\t2\n' > a.bed
weir preprocess --fast --level 9 a.bed
