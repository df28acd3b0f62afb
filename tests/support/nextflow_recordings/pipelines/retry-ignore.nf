process FLAKY {
    errorStrategy 'retry'
    maxRetries 3
    script: "test ${task.attempt} -eq 3"
}
process SLOPPY {
    errorStrategy 'ignore'
    input: val n
    script: "test $n -ne 2"
}
workflow { FLAKY(); SLOPPY(channel.of(1, 2)) }
