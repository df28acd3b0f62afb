2
cat >main.nf <<'END'
process S {
    service redy: 'file:up'
    output: path 'up'
    script: 'touch up; exec sleep 1000'
}
process USES { input: path 'up'; script: 'true' }
workflow { USES(S()) }
END
weir run main.nf --name calm_river
