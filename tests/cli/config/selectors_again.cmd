0
cat >more.config <<'END'
process {
    withName: 'A.*' { cpus = 3 }
    'withName:AB' { ext.b = 2 }
}
process.'withLabel:big'.time = '2h'
END
cat >nextflow.config <<'END'
process {
    withName: 'A.*' { cpus = 1; ext.a = 1 }
    withName: AB { cpus = 2 }
    withLabel: big { time = '1h' }
}
includeConfig 'more.config'
END
weir config
cat >main.nf <<'END'
process AB {
    debug true
    label 'big'
    script: "echo cpus $task.cpus a $task.ext.a b $task.ext.b time $task.time"
}
workflow { AB() }
END
weir run -q main.nf -process.cpus 1
