0
# the pipeline in README.md, as written there
root=$HERE/../../..
awk '/^```groovy/ { inside = 1; next } /^```/ { inside = 0 } inside' "$root/README.md" >count.nf
weir run count.nf --vcf "$root/share/examples/variants/data/*.vcf.gz" >out 2>log || { cat out log >&2; exit 1; }
sort results/counts.tsv
weir run count.nf --vcf "$root/share/examples/variants/data/*.vcf.gz" -resume 2>&1 | grep -c Cached
weir jobs list --plain | cut -f 2,3
