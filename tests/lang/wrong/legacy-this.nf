def f() {
    this.g()
}
// expect error 2:5 NF0217 there is no `this`: scripts are not objects
