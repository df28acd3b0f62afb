0
printf "workflow { println 'hi' }\n" >main.nf
weir run main.nf -q --name calm_river
weir run main.nf -q --name cold_creek --x 1
weir log | cut -f 3,4,7
mkdir other && cd other && weir log
