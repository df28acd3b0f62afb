0
# As Nextflow 26.08: env first, selectors where they first appeared, maps as blocks however they were written.
cat > main.config <<'NF'
params.empty = [:]
process {
  ext.args = 'x'
  withLabel: 'b.*' { cpus = 2 }
  queue = { task.attempt > 1 ? 'l' : 's' }
}
docker { }
env.A = 1
process.withName = 5
process { withName: 'A' { ext = [args: '-a', fn: { x -> 1 }] } }
process.resourceLimits = [cpus: 4, memory: 1.GB]
trace.overwrite = null
NF
weir nextflow -C main.config config 2>/dev/null
weir nextflow -C main.config config -flat -sort 2>/dev/null
weir nextflow -C main.config config -value process.queue 2>/dev/null
weir config -C main.config -a --profile x || echo "status $?"
