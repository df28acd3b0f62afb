2
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
echo "gates { lic = 5 }" >nextflow.config; weir run main.nf --name calm_river; echo "status $?" >&2
echo "gates = 'file'" >nextflow.config; weir run main.nf --name calm_river
