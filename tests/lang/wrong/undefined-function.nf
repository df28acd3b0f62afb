workflow {
    prinln 1
}
// expect error 2:5 NF0301 there is no function or process `prinln`
