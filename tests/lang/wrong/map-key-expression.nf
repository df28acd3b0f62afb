workflow {
    def m = [:]
    def a = [m.id: 2]
}
// expect error 3:14 NF0105 an expression as the key of a map must stand in parentheses
