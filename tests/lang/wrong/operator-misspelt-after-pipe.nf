workflow {
    channel.of(1) | vieww
    channel.of(1) | colect | view
    channel.of(1) | mapp { n -> n + 1 } | view
}
// expect error 2:21 NF0300 `vieww` is not defined
// expect error 3:21 NF0300 `colect` is not defined
// expect error 4:21 NF0301 there is no function or process `mapp`
