0
# the reader has seen enough: weir ends as other filters do, without a word
bash -c 'exec 3> >(exit 0); wait $!; weir --help >&3; echo "status $?"'
