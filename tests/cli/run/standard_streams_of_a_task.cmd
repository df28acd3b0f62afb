0
# As upstream: what beforeScript and afterScript say is no standard output of the task, and of a file that is given as
# standard input the task reads the name.
echo content > a.txt
cat > main.nf <<'NF'
process P {
  beforeScript 'echo before'
  afterScript 'echo after'
  input: stdin
  output: stdout
  script: 'cat -; echo; echo error >&2'
}
workflow {
  P(channel.of('text', file('a.txt'))).map { v -> v.trim().tokenize('/').last() }.toSortedList().view()
}
NF
weir run -q main.nf && cat work/*/*/.command.err && cat work/*/*/.command.log | grep -c before
