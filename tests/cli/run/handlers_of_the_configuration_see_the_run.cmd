1
cat >nextflow.config <<'END'
workflow.onComplete = { println "success: ${workflow.success}, status: ${workflow.exitStatus}" }
workflow.onError = { println "error in ${workflow.runName}" }
END
cat >main.nf <<'END'
process P {
    script:
    "exit ${params.status}"
}
workflow { P() }
END
weir run main.nf -q --status 0 --name first
weir run main.nf -q --status 3 --name second 2>/dev/null
