0
# A name without an ending, as of a shell's <(...), is read as JSON when it begins as JSON does, which
# YAML is not quite: it has no pairs of \u.... Else it is YAML.
echo 'params.n = 0
workflow { println "n is ${params.n}" }' > main.nf
bash -c 'weir run -q main.nf -params-file <(echo "n: 7")'
echo '{"n": 8}' | weir run -q main.nf -params-file /dev/stdin
echo '{"n": "\ud83d\ude00"}' | weir run -q main.nf -params-file /dev/stdin
echo 'workflow { println "from standard input" }' | weir run -q /dev/stdin
weir run -q - </dev/null
echo "$?"
