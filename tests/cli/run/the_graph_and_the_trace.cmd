0
cat >main.nf <<'END'
process ALIGN { input: val x; output: stdout; script: "echo $x" }
process SORT { input: val x; output: stdout; script: "echo $x" }
workflow { channel.of('a') | ALIGN | SORT | view }
END
weir run main.nf -q --with-dag graph.mmd --with-trace trace.tsv --name calm_river
cat graph.mmd
head -n 1 trace.tsv
cut -f 1,4,5,6 trace.tsv | tail -n +2
weir run main.nf -q --with-dag graph.dot && cat graph.dot
