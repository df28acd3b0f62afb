workflow {
    assert 1 == 1, 'message'
}
// expect error 2:18 NF0100 unexpected `,` after the condition
