workflow W {
    main:
    a = channel.of(1)

    emit:
    a
    a = a
}
// expect error 7:5 NF0407 a second output is called `a`
