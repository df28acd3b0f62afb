workflow {
    params = [:]
}
// expect error 2:5 NF0307 `params` cannot be assigned to
