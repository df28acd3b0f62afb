workflow {
    take:
    x

    main:
    println x
}
// expect error 2:5 NF0119 section `take:` stands only in a named workflow
