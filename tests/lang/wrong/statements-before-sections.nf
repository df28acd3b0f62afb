workflow {
    a = channel.of(1)
    publish:
    b = a
}

output {
    b {
    }
}
// expect error 2:5 NF0107 in a workflow with sections, statements need the label `main:` before them
