process A {
    cpus 2
    'true'
}
// expect error 3:5 NF0206 the script of a process needs the label `script:` before it
