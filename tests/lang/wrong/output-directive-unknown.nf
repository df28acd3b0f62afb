workflow {
    main:
    a = channel.of(1)

    publish:
    b = a
}

output {
    b {
        pth 'x'
    }
}
// expect error 11:9 NF0404 there is no setting of an output `pth`
