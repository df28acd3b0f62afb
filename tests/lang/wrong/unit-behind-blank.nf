process P {
    memory 8 GB
    time 2 h

    script:
    'true'
}
workflow {
    P()
}
// expect error 2:14 NF0100 unexpected `GB` after the statement
// expect error 3:12 NF0100 unexpected `h` after the statement
