0
printf 'workflow {\n    Channel.of(1).view()\n}\n' > main.nf
weir lint main.nf
