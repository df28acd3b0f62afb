workflow {
    channel.fromPaths('x').view()
}
// expect error 2:13 NF0301 there is no channel factory `fromPaths`
