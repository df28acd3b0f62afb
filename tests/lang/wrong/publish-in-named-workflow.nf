workflow W {
    main:
    a = channel.of(1)

    publish:
    b = a
}

output {
    b {
    }
}
// expect error 5:5 NF0119 section `publish:` stands only in the entry workflow
