0
# System.err of a script is weir's standard error, also with -q and in upstream's own form.
cat > main.nf <<'NF'
System.err.println 'to err'
System.err.printf('%s-%s\n', 1, 'z')
System.err << 'a' << 'b\n'
System.out.println([1, [a: 2]])
System.out.format('%5.2f\n', 2.5).flush()
println 'after'
NF
weir run -q main.nf
weir nextflow -q run main.nf > /dev/null
weir jobs logs @last --stderr
