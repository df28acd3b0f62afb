workflow {
    view(1)
}
// expect error 2:5 NF0301 there is no function or process `view`
