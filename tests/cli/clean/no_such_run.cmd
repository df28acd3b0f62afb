7
weir clean -n; echo "status $?" >&2
printf "workflow { println 'hi' }\n" >main.nf
weir run main.nf -q --name first >/dev/null
weir clean calm_river -f
