def f(a) { a }

def g() {
    f((x = 1))
}
// expect error 4:10 NF0211 an assignment is a statement, not an expression
