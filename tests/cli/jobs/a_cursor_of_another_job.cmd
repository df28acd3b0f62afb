2
weir run --engine exec --quiet -- true
weir run --engine exec --quiet -- true
other=$(weir jobs list --json | grep -o '"id":"r[0-9a-f]*"' | tail -n 1 | cut -d '"' -f 4)
cursor=$(weir jobs events "$other" | head -n 1 | grep -o '"cursor":"[^"]*"' | cut -d '"' -f 4)
weir jobs events @last --after "$cursor" 2>&1 | sed "s/'.*'/'CURSOR'/"
weir jobs events @last --after nonsense; echo "status $?" >&2
weir jobs logs @last --after nonsense
