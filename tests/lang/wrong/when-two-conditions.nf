process A {
    when:
    params.a
    params.b

    script:
    'true'
}
// expect error 4:5 NF0100 section `when:` holds one condition
