def pair(a, b) { "$a-$b" }
def three(a, b, c = 'c') { "$a$b$c" }
def one(a, b = 'b') { "$a|$b" }

workflow {
    println pair([3, 4])
    println three(['a', 'b'])
    println one([1, 2])
    channel.of([1, 2]).map { row -> pair(row) }.view()
    try {
        println pair([1, 2, 3])
    } catch (MissingMethodException e) {
        println "refused: ${e.message}"
    }
}
