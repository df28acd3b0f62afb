workflow {
    main:
    a = channel.of(1)

    publish:
    a >> 'b'
}

output {
    b {
    }
}
// expect error 6:5 NF0223 a published output is written `name = channel`
