process A {
    output:
    stdout
    '''
    echo
    '''
}
// expect error 4:5 NF0206 the script of a process needs the label `script:` before it
