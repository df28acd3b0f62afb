0
printf 'workflow {\n    channel.of(1, 2).map { v -> v + 1 }.view()\n}\n' > main.nf
printf 'process.cpus = 2\n' > nextflow.config
weir lint main.nf nextflow.config
