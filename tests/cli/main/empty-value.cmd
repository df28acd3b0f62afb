2
# A variable of a script that is not set must not make the file behind it the value.
printf 'chr1\t1\t2\n' > a.bed
for option in --output-dir=  "--output-dir" -o -o= --md5; do
    case $option in
        *=) weir preprocess $option a.bed ;;
        *) weir preprocess $option "" a.bed ;;
    esac
    echo "$?"
done
weir preprocess -qo "" a.bed
echo "$?"
weir run --with-trace= main.nf
