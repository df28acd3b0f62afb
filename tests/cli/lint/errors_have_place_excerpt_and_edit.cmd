3
printf 'workflow {\n    reads = channel.of(1)\n    raeds.view()\n}\n' > main.nf
weir lint main.nf
