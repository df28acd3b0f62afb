class Sample {
    String id
}

workflow {
    println 1
}
// expect error 1:1 NF0201 classes cannot be declared in a script
