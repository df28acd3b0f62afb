0
cat >main.nf <<'END'
process A {
  publishDir "res/$mode", mode: mode
  input: tuple val(x), val(mode)
  output: path 'd'
  script: "mkdir d; for i in 1 2 3 4 5 6 7 8 9; do echo $x >d/f\$i; done"
}
workflow { A(channel.of(1..15).combine(channel.of('copy', 'move', 'copyNoFollow', 'link', 'symlink', 'rellink'))) }
END
weir run main.nf -q || exit
for d in res/*; do
  echo "$d $(ls -A "$d") $(ls "$d/d" | wc -l) $(cat "$d"/d/* | sort -u | wc -l)"
done
