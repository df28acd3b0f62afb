0
echo one >in.txt
cat >main.nf <<'END'
process P {
    input:
    path f
    val n
    output: stdout
    script: "cat $f; echo $n"
}
workflow { P(file('in.txt'), params.n).view() }
END
weir run main.nf -q --n 1
again() { echo "-- $1"; shift; weir run main.nf --name calm_river -resume --explain "$@" 2>&1; }
again nothing --n 1
again 'a value' --n 2
sed -i 's/echo $n/echo n $n/' main.nf; again 'the script' --n 2
weir jobs explain @last P
weir jobs explain @last P --json | tr '{' '\n' | grep -o '"component":"[a-z]*"'
