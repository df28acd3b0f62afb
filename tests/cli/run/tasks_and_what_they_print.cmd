0
printf "process HI {\n    debug true\n    input: val x\n    script: 'echo hello'\n}\nworkflow { HI('a') }\n" > main.nf
weir run main.nf --name calm_river
