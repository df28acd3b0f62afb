process A {
    cpus = 2

    script:
    'true'
}
// expect error 2:5 NF0219 a statement cannot stand among the directives of a process
