0
cat >main.nf <<'END'
params.more = ''
process USE {
  input:
  path x
  output:
  stdout
  script:
  "echo \$(cat $x)"
}
process PART {
  input:
  path x
  output:
  stdout
  script:
  "cat $x"
}
workflow {
  USE(channel.of('a', 'b' + params.more).collectFile(name: 'all.txt', newLine: true, sort: true))
  PART(channel.of('1\n2\n3' + params.more + '\n').splitText(by: 1, file: true))
}
END
tasks() { grep -oE '(Submitted|Cached) process > [A-Z]+( \([0-9]\))?' "$1" | sort; }
weir run main.nf 2>said || exit
echo; weir run main.nf --resume 2>said || exit
tasks said
echo; weir run main.nf --resume --more x 2>said || exit
tasks said
find work/tmp -name '.*' -o -type f | sed 's#tmp/[^/]*#tmp/SESSION#' | sort
