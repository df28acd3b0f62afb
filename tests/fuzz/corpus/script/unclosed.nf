process A {
    input:
    tuple val(x), path('*.{a,b}')
    script:
    """
    echo ${x.collect { it -> "${it
