process A {
    input:
    val x

    shell:
    'true'
}

workflow {
    Channel.of(1).map { it + 1 }.view()
}
// expect warning 6:5 NF0802 section `shell:` is deprecated
// expect warning 10:5 NF0800 `Channel` is deprecated here
// expect warning 10:25 NF0801 the implicit parameter `it` is deprecated
