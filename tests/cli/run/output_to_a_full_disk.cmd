75
printf 'workflow { println "hello" }\n' >main.nf
weir run main.nf --name first >/dev/full
