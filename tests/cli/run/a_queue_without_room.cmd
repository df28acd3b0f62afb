2
printf "workflow { println 1 }\n" >main.nf
weir run main.nf --queue-size -1
