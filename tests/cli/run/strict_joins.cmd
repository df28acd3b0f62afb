0
cat >main.nf <<'END2'
nextflow.enable.strict = true
workflow {
    left = channel.of([1, 'a'], [2, 'b'])
    right = channel.of([1, 'c'])
    if (params.by == "remainder") left.join(right, remainder: true).view()
    else left.join(right).view()
}
END2
weir run main.nf --by remainder -q
weir run main.nf --by match -q; echo "status $?" >&2
