workflow {
    println “hello”
}
// expect error 2:13 NF0001 the typographic quote U+201C does not begin a string
// expect error 2:19 NF0001 the typographic quote U+201D does not begin a string
