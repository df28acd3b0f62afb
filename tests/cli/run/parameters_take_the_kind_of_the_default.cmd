0
echo "params { n = 1; d = 1.5; f = false; s = 'x' }" >nextflow.config
echo 'println params.subMap("n", "d", "f", "s").collect { k, v -> "$k $v ${v.class.simpleName}" }' >main.nf
weir run -q . --n 2.5 --d 2 --f TRUE --s 7
weir run -q . --n x --f yes
