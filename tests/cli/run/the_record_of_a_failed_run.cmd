0
printf "workflow { error 'bad day' }\n" > main.nf
weir run main.nf -q
weir jobs list --json | tr ',' '\n' | grep -o '"state":"[a-z]*"'
weir jobs show @last | grep 'exit status'
printf "workflow { exit 5 }\n" > main.nf
weir run main.nf -q
weir jobs show @last | grep 'exit status'
