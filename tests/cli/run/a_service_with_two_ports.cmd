0
cat >main.nf <<'END'
process S {
    service ports: ['web', 'admin'], ready: 'file:up'
    output: path 'up'
    script: 'env | grep -c "^[WA][A-Z]*_PORT=" >up.new; mv up.new up; exec sleep 1000'
}
process USES {
    debug true
    input: path 'up'
    script: 'cat up'
}
workflow { USES(S()) }
END
weir run main.nf -q
echo "services { S { ports = 'a b' } }" >nextflow.config
weir run main.nf -q; echo "status $?" >&2
weir serve-service --port 'A=B' -- true; echo "status $?" >&2
