0
# No line is longer than the terminal is wide, and a dumb one is not written over.
cat > main.nf <<'X'
process LONG_NAME_OF_A_PROCESS { script: 'true' }
workflow { LONG_NAME_OF_A_PROCESS() }
X
unset NO_COLOR
escape=$(printf '\033')
TERM=xterm script -qec 'stty cols 15; weir run main.nf' /dev/null </dev/null | tr -d '\r' |
    sed "s/$escape\[[0-9]*[A-Z]//g" | grep -v Launching | awk 'length > 14 { print "too long: " $0 }'
TERM=dumb script -qec 'weir run main.nf' /dev/null </dev/null | grep -c "$escape\[[0-9]*A"
true
