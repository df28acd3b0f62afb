0
# /dev/null, /dev/stdout and FIFOs stay what they are; the end of a link is replaced, not the link.
printf 'text\n' > file
weir cache put file >key
{ echo before; weir cache get "$(cat key)" -o /dev/stdout; } > all
cat all
mkfifo fifo
cat fifo > got &
weir cache get "$(cat key)" -o fifo
wait
cat got
test -p fifo && echo "a FIFO still"
ln -s end link
weir cache get "$(cat key)" -o link
test -L link && cat end
weir cache export -o /dev/null
weir cache export "$(cat key)" -o fifo & weir cache import fifo --cache-dir other -q
wait
for wrong in . none/out; do weir cache get "$(cat key)" -o $wrong; echo "$?"; done
test -c /dev/null && echo "a device still"
