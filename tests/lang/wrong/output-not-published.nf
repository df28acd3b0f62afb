workflow {
    main:
    x = channel.of(1)
    publish:
    foo = x
}

output {
    foo { path 'a' }
    bar { path 'b' }
}
// expect error 10:5 NF0415 nothing is published to the output `bar`
