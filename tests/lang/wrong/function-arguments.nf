def f(a, b = 1) { a + b }

workflow {
    println f()
    println f(1, 2, 3)
}
// expect error 4:13 NF0402 function `f` takes 1 to 2 arguments, not 0
// expect error 5:13 NF0402 function `f` takes 1 to 2 arguments, not 3
