1
cat >main.nf <<'END2'
params.input = 'in'
workflow {
    println params.inptu
    println params.inptu
    println params?.colour ?: 'none'
    println params.input
    println params.containsKey('size')
}
END2
weir run main.nf --name first
echo -- >&2
echo 'nextflow.enable.strict = true' >nextflow.config
weir run main.nf --name second
