7
printf 'workflow { println 1 }\n' > main.nf
weir run main.nf -resume grand_canal
