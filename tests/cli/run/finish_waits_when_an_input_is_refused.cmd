1
mkfifo began go
echo 'executor.cpus = 2' >nextflow.config
cat >main.nf <<'END'
process GOES_ON {
    script: 'echo >../../../began; read -r word <../../../go'
}
process KNOWS {
    output: val 'main.nf'
    script: 'read -r word <../../../began'
}
process PAIR {
    errorStrategy params.strategy
    input: path(pair, arity: '2')
    script: 'true'
}
workflow { GOES_ON(); PAIR(KNOWS().map { name -> file(name) }) }
END
# GOES_ON ends after the refusal has been told.
weir run main.nf --name calm_river --strategy finish 2>&1 | tee said | { grep -q "task 'PAIR' failed"; echo >go; cat >/dev/null; }
grep -v 'Submitted' said
weir log last -f name,status | sort
for strategy in ignore terminate; do
    weir run main.nf -q --strategy $strategy 2>/dev/null; status=$?
    echo "$strategy: $status"
    weir log last -f name,status | sort
done
exit $status
