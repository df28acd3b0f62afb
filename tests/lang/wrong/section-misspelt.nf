process P {
    inptu:
    val n

    output:
    path 'x'

    scrpt:
    "echo $n > x"
}

workflow Q {
    takes:
    a

    main:
    P(a)

    emti:
    P.out
}

workflow {
    main:
    Q(channel.of(1))

    pubish:
    x = Q.out
}
// expect error 2:5 NF0119 there is no section `inptu:`
// expect error 8:5 NF0119 there is no section `scrpt:`
// expect error 13:5 NF0119 there is no section `takes:`
// expect error 19:5 NF0119 there is no section `emti:`
// expect error 27:5 NF0119 there is no section `pubish:`
// expect error 28:5 NF0415 there is no output `x`
