workflow {
    def id = 'a'
    println('a.fq' =~ /${id}.fq/)
}
// expect error 3:24 NF0008 a /slashy/ string cannot have interpolated values
