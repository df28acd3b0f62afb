3
cat >main.nf <<'END'
process P {
  errorStrategy 'ignore'
  input: val x
  exec:
  if (x == 2) { exit 3, "no use of $x" }
}
workflow { P(channel.of(1, 2)) }
END
weir run main.nf -q
