workflow {
    def text = /one
    two/
}
// expect error 2:16 NF0012 this /slashy/ string does not end on its line
// expect error 4:1 NF0100 unexpected `}` where an expression should be
