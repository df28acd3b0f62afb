workflow {
    println "dir: $OUTDIR"
}
// expect error 2:20 NF0300 `OUTDIR` is not defined
