0
printf "process P {\n    script: 'true'\n}\nworkflow { P() }\n" > main.nf
weir nextflow run main.nf -name calm_river
grep -c 'INFO .*Submitted process > P' .nextflow.log
