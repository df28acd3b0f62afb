def f(a) {
    switch (a) {
        case 1: return 2
    }
}
// expect error 2:5 NF0203 the language has no `switch`
