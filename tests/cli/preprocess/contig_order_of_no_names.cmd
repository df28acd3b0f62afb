2
: > order
weir preprocess $HERE/peaks.bed --contig-order order
weir preprocess $HERE/peaks.bed --contig-order absent
weir preprocess $HERE/peaks.bed --zero-based
