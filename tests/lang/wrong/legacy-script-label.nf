process A {
    input:
    val x

    """
    echo $x
    """
}
// expect error 5:5 NF0206 the script of a process needs the label `script:` before it
