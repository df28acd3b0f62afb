def f() { 1 }

def f() { 2 }

workflow {
    f()
}
// expect error 3:5 NF0305 `f` is declared twice in this script
