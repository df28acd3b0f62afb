0
# With static types collect keeps lists and gives a bag of nothing, combine adds fields, reduce needs items.
cat > typed.nf <<'NF'
nextflow.enable.types = true
workflow {
  channel.of([1, 2], [3]).collect().view { b -> "bag of ${b.size()} ${b instanceof Bag}" }
  channel.of(1).filter { v -> v > 1 }.collect().view { b -> "empty: ${b.size()}" }
  channel.of(record(id: 'a'), record(id: 'b', n: 1)).combine(x: 9, last: channel.of(1, 2).collect().map { b -> b.size() })
    .view { r -> "fields: $r" }
}
NF
weir run -q typed.nf | sort
printf 'workflow {\n  channel.of([1, 2], [3]).collect().view()\n  channel.empty().reduce { a, b -> b }.view()\n}\n' >legacy.nf
weir run -q legacy.nf | sort
for wrong in 'channel.empty().reduce { a, b -> b }.view()' 'channel.of(record(a: 1)).combine(x: channel.of(1)).view()' 'channel.of(1).combine(x: 1).view()'; do
  printf 'nextflow.enable.types = true\nworkflow {\n  %s\n}\n' "$wrong" >wrong.nf
  weir run -q wrong.nf || echo "status $?"
done
