0
# What stands before the first and behind the last statement of a script is not part of the task's key; what stands between is.
cat > main.nf <<'NF'
process P {
  output: stdout
  script:
  def a = 1
  """
  echo $a
  """
}
workflow { P() }
NF
states() { cut -f 4,5 trace.txt | tail -n +2; }
weir run main.nf -q
sed -i 's|^  script:|  script:\n  // before|; s|^}|  // behind\n}|' main.nf && weir run main.nf -q -resume -with-trace trace.txt && states
sed -i 's|def a = 1|def a = 1 // between|' main.nf && weir run main.nf -q -resume -with-trace trace.txt && states
