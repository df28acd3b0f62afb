0
printf "process P {\n    script: 'true'\n}\nworkflow {\n    P()\n    channel.of(1).view()\n}\n" > main.nf
weir run main.nf -q
