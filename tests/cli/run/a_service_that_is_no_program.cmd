2
cat >main.nf <<'END'
process S {
    service true
    input: val x
    output: val y
    exec: y = x + 1
}
process USES { input: val y; script: 'true' }
workflow { USES(S(1)) }
END
weir run main.nf --name calm_river
