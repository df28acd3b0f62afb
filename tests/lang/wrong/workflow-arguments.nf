workflow W {
    take:
    a
    b

    main:
    a.mix(b).view()
}

workflow {
    W(channel.of(1))
}
// expect error 11:5 NF0402 workflow `W` takes 2 inputs, not 1
