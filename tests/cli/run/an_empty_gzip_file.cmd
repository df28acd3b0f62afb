3
touch e.gz
gzip -n </dev/null >nothing.gz
cat >main.nf <<'END'
workflow {
  println file('nothing.gz').countLines()
  channel.fromPath('nothing.gz').splitText().count().view()
  println file('e.gz').countLines()
}
END
weir run main.nf -q
