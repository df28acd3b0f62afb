process A {
    output:
    tuple val(1), path('x', emit: y)

    script:
    'true'
}
// expect error 3:29 NF0115 `emit` belongs to the whole tuple, behind its elements
