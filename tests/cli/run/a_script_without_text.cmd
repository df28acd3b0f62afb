1
printf "process P { script: '' }\nworkflow { P() }\n" >main.nf
weir run main.nf --name first
