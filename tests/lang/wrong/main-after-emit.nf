workflow W {
    take:
    x

    emit:
    x

    main:
    println 1
}
// expect error 8:5 NF0107 section `main:` must stand before `emit:`
