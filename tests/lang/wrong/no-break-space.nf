workflow {
    def a = 1
}
// expect error 2:10 NF0001 the character U+00A0 is not a blank
