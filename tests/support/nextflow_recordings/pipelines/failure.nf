process GOOD { maxForks 1
    input: val n
    output: val n
    script: "sleep 60"
}
process BAD {
    tag 'late'
    input: val n
    script:
    """
    echo said before
    echo 'no such reference' >&2
    sleep 2
    exit 3
    """
}
workflow { GOOD(channel.of(1, 2, 3)); BAD(1) }
