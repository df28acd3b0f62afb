0
# The list of runs in upstream's form: its columns, separated by tabs, padded with blanks; a line for each run, whatever was typed.
printf 'workflow { println 1 }\n' >main.nf
weir nextflow -q run main.nf -name one_x
weir nextflow -q run main.nf -name two_x --text "$(printf 'a\nb\033[31m')"
weir nextflow log >said
cut -f 3-5,7 said
cut -f 1 said | sed 's/[0-9]/N/g'
