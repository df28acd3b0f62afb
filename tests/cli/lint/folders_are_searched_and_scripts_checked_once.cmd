3
mkdir -p modules/a .hidden
printf "include { A } from './modules/a'\nworkflow { A() }\n" > main.nf
printf "process A {\n    cpu 2\n    script:\n    'true'\n}\n" > modules/a/main.nf
printf 'not a script' > .hidden/x.nf
printf 'if (x) { }\n' > nextflow.config
printf 'config { plugins { load "x" } }\n' > nf-test.config
weir lint .
