0
printf "process P {\n    output: stdout\n    script: 'printf x'\n}\nworkflow { P() | view }\n" > main.nf
weir run main.nf -q
weir run main.nf -resume --name calm_river
