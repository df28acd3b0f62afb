workflow {
    println new List()
    println new Map<String, Integer>()
    println new ArrayList()
}
// expect error 2:17 NF0308 `List` is an abstract type: no object is made of it
// expect error 3:17 NF0308 `Map` is an abstract type: no object is made of it
