3
printf "include { validate } from 'plugin/nf-schema'\nworkflow { validate([a: 1], 'none.json') }\n" >main.nf
weir run -q main.nf
