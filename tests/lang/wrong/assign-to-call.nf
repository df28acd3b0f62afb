def f() { 1 }

workflow {
    f() = 2
}
// expect error 4:5 NF0104 only a variable, a property or an element can be assigned to
