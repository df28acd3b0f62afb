0
cat >main.nf <<'END2'
process OK { input: val x; output: val x; script: 'true' }
process RETRIED { errorStrategy 'retry'; input: val x; script: "test ${task.attempt} -gt 1" }
process IGNORED { errorStrategy 'ignore'; script: 'exit 3' }
process NAMED { label 'a'; label 'b'; tag "t$x"; input: val x; exec: println "${task.name} ${task.label} ${task.hash.size()}" }
workflow {
    OK(channel.of(1, 2)); RETRIED(1); IGNORED(); NAMED(1)
    workflow.onComplete {
        def s = workflow.stats
        println "${s.succeededCount} ${s.cachedCount} ${s.failedCount} ${s.ignoredCount} ${s.retriesCount} ${s.effectiveFailedCount} ${s.runningCount} ${s.succeedPct} ${s.computeTimeFmt}"
    }
}
END2
weir run main.nf -q 2>/dev/null
weir run main.nf -q -resume 2>/dev/null
