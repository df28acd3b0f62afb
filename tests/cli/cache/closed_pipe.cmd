0
# the reader has seen enough: 141, as other filters end, without a word
printf 'text\n' > file
weir cache put file >key
bash -c 'exec 3> >(exit 0); wait $!; weir cache get $(cat key) >&3; echo "status $?"'
bash -c 'exec 3> >(exit 0); wait $!; weir cache export >&3; echo "status $?"'
