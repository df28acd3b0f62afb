2
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
weir run main.nf -q
weir clean
status=$?
ls work | wc -l | tr -d ' '
exit $status
