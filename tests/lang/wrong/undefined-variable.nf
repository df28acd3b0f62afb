workflow {
    reads = channel.of(1)
    raeds.view()
}
// expect error 3:5 NF0300 `raeds` is not defined
