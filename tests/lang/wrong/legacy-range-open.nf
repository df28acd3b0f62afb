workflow {
    println 1<..3
    println 1<..<3
}
// expect error 2:14 NF0213 ranges without their first element are not part of the language
// expect error 3:14 NF0213 ranges without their first element are not part of the language
