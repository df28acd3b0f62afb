3
printf 'workflow {\n    channel.of(1).mpa { v -> v }.view()\n}\n' > main.nf
weir run main.nf --name calm_river
