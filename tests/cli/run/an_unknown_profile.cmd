2
printf 'profiles { test { params.x = 1 } }\n' > nextflow.config
printf 'workflow { }\n' > main.nf
weir run main.nf -profile tset --name calm_river
