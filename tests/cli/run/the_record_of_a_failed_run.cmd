0
printf "workflow { error 'bad day' }\n" > main.nf
weir run main.nf -q
weir jobs list --json | tr ',' '\n' | grep -o '"state":"[a-z]*"'
