1
cat >main.nf <<'END'
process STEP {
    errorStrategy 'finish'
    maxForks 1
    input: val number
    output: val number
    script: "exit ${number == 2 ? 3 : 0}"
}
process NEXT {
    input: val number
    output: val number
    script: 'true'
}
workflow {
    STEP(channel.of(1, 2, 3))
    STEP.out.toList().view { all -> "all $all" }
    STEP.out.last().view { last -> "last $last" }
    NEXT(STEP.out.filter { n -> n > 2 })
    NEXT.out.count().view { count -> "count $count" }
    NEXT.out.ifEmpty('nothing').view { n -> "$n" }
}
END
# As upstream: after the failure, nothing more comes of any process, and the operators end.
weir run main.nf -q 2>/dev/null | sort
weir run main.nf -q >/dev/null 2>&1
