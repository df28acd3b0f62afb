process A {
    script:
    """
    echo $HOME
    """
}
// expect error 4:11 NF0300 `HOME` is not defined
