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
process MAPS {
    resourceLabels a: 1, b: 'x'
    resourceLabels c: 2, a: 3
    module 'one/1:two/2'
    exec: println "${task.resourceLabels} ${task.hints} ${task.module} ${task.array} ${task.submitAttempt} ${task.exitStatus}"
}
workflow {
    if (params.what == 'maps') MAPS()
    if (params.what == 'gpu') GPU()
    if (params.what == 'plain') PLAIN()
    if (params.what == 'retried') RETRIED()
}
END2
for what in gpu plain retried maps; do weir run main.nf -q --what $what; done
