workflow W {
    take:
    x

    emit:
    a = x
    x.map { v -> v }
}
// expect error 7:5 NF0408 each of several outputs needs a name: `name = value`
