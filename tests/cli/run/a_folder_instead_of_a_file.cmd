2
# A folder where a parameter file or a configuration is read: a mistake of the command line.
mkdir folder project project/nextflow.config
for place in . project; do echo 'workflow { println "ran" }' >$place/main.nf; done
say() { "$@" --quiet; echo "$?"; }
say weir run main.nf -params-file folder
say weir run main.nf --engine nextflow -params-file folder
say weir inspect main.nf --params-file folder
say weir run main.nf -c folder
say weir config -C folder
say weir config project
weir run project --quiet
