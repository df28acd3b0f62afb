0
cat >main.nf <<'END'
process P {
    input: val x
    output: path 'out'
    script: "echo $x >out"
}
workflow { P(params.x) }
END
weir run main.nf -q --name first --x 1
weir run main.nf -q --name second --x 2
weir run main.nf -q --name third --x 2 -resume
weir clean -n
echo --; weir clean --before second -n
echo --; weir clean second -f
echo --; weir clean first -f -k
find work -type f -name 'out' -o -type f -name '.command.sh' | wc -l | tr -d ' '
