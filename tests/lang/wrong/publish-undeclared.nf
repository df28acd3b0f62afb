workflow {
    main:
    a = channel.of(1)

    publish:
    rsults = a
}

output {
    results {
    }
}
// expect error 6:5 NF0415 there is no output `rsults`
