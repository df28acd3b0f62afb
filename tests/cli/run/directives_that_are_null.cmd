0
# As upstream: a directive whose value is null is one that was not given.
cat > main.nf <<'EOF'
params.nothing = null
process P {
  accelerator params.nothing
  afterScript params.nothing
  arch params.nothing
  beforeScript params.nothing
  cache params.nothing
  clusterOptions params.nothing
  container params.nothing
  containerOptions params.nothing
  cpus params.nothing
  disk params.nothing
  errorStrategy params.nothing
  executor params.nothing
  hints params.nothing
  label params.nothing
  machineType params.nothing
  maxErrors params.nothing
  maxForks params.nothing
  maxRetries params.nothing
  memory params.nothing
  module params.nothing, params.nothing
  publishDir params.nothing
  queue params.nothing
  resourceLabels params.nothing
  resourceLimits params.nothing
  scratch params.nothing
  secret params.nothing
  shell params.nothing
  stageInMode params.nothing
  stageOutMode params.nothing
  storeDir params.nothing
  tag params.nothing
  time params.nothing
  output: stdout
  script: "echo hi"
}
workflow { P() | view }
EOF
weir run -q main.nf
# In settings, too; and among others only what is null is left out.
cat > with.config <<'EOF'
process.shell = null
process.module = [null, null]
process.publishDir = [null, [path: 'published', pattern: '*.txt', saveAs: { "x-$it" }]]
EOF
cat > two.nf <<'EOF'
process Q {
  secret null
  output: path 'a.txt'
  script: "echo hi > a.txt"
}
workflow { Q() | view { it.name } }
EOF
weir run -q two.nf -c with.config && ls published
