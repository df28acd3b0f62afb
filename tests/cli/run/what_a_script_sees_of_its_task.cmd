0
cat >main.nf <<'END2'
process GPU {
    accelerator 2, type: 'nv'
    debug true
    script: "echo ${task.accelerator.request} ${task.accelerator.limit} ${task.accelerator.type} ${task.accelerator ? 'yes' : 'no'}"
}
process PLAIN {
    debug true
    script: "echo ${task.accelerator ? 'yes' : 'no'} ${task.errorStrategy} ${task.maxRetries} ${task.maxErrors} ${task.debug} '${task.shell}' ${task.label} '${task.module}'"
}
process RETRIED {
    errorStrategy 'retry'
    label 'one'
    debug true
    script: "echo ${task.errorStrategy} ${task.maxRetries} '${task.label}'"
}
workflow {
    if (params.what == 'gpu') GPU()
    if (params.what == 'plain') PLAIN()
    if (params.what == 'retried') RETRIED()
}
END2
for what in gpu plain retried; do weir run main.nf -q --what $what; done
