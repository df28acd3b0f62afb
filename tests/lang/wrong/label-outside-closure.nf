workflow {
    foo: println 1
}
// expect error 2:5 NF0106 a label `foo:` cannot stand here
