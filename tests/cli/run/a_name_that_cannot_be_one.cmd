2
printf 'workflow { }\n' >main.nf
weir run main.nf --name 'a b'; echo "status $?" >&2
weir run main.nf --name last; echo "status $?" >&2
weir nextflow run main.nf -name "$(printf 'a\tb')"; echo "status $?" >&2
weir run main.nf --name -x
