7
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
weir run main.nf -q
weir jobs explain @last P
weir jobs explain @last Q
