1
weir secrets set API_KEY 8f2c
cat >main.nf <<'END'
process ASKS {
    secret 'API_KEY'
    output: stdout
    script: 'printf "asks: ${#API_KEY} letters"'
}
process DOES_NOT {
    output: stdout
    script: 'printf "does not: ${API_KEY-nothing}"'
}
process WRONG {
    secret 'NO_SUCH'
    script: 'true'
}
workflow {
    ASKS().view()
    DOES_NOT().view()
    if (params.wrong == "yes") { WRONG() }
}
END
weir run main.nf -q --wrong no | sort
grep -rl 8f2c work state 2>/dev/null
weir run main.nf -q --wrong yes >/dev/null
