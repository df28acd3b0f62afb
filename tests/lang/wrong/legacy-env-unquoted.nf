process A {
    input:
    env FOO

    output:
    env BAR

    script:
    'true'
}
// expect error 3:9 NF0207 the name of the environment variable `FOO` needs quotes
// expect error 6:9 NF0207 the name of the environment variable `BAR` needs quotes
