7
printf 'process.cpus = \n' >bad.config
weir config -C bad.config
printf 'process.cpus = 1\n' >nextflow.config
weir config --profile none
weir config --value process.memory
