process A {
    script:
    """
    awk '{print $1}' x
    """
}
// expect error 4:17 NF0007 a `$` in a string must be followed by a name or `{`
