0
printf 'params.a = 1\nworkflow { println([params.a, params.b, params.c, args]) }\n' > main.nf
printf '{"b": [1, 2]}' > p.json
weir run main.nf one -q -params-file p.json --a 5 --c
