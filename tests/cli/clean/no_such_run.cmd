7
weir clean -n; echo "status $?" >&2
printf "workflow { println 'hi' }\n" >main.nf
weir run main.nf -q >/dev/null
weir clean calm_river -f
