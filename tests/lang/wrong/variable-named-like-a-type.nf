enum Colour { RED }

workflow {
    def List = [1]
    Path = 'x'
    def (Map, b) = [1, 2]
    Colour = 2
    println b
}
// expect error 4:9 NF0303 `List` is the name of a type and cannot be that of a variable
// expect error 5:5 NF0303 `Path` is the name of a type and cannot be that of a variable
// expect error 6:10 NF0303 `Map` is the name of a type and cannot be that of a variable
// expect error 7:5 NF0303 `Colour` is the name of a declaration
