3
printf 'workflow {\n    prinln 1\n}\n' > main.nf
weir lint --json main.nf
