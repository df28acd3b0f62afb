1
weir secrets set API_KEY zq8f2czq
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
grep -rl zq8f2czq work ../state
weir run main.nf -q --wrong yes >/dev/null
