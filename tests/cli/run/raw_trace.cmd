0
# With trace.raw sizes and times are bytes and milliseconds; what a task did not ask for is `-`.
cat > nextflow.config <<'NF'
trace { raw = true; sep = ','; overwrite = true; fields = 'name,status,exit,cpus,memory,time,disk' }
NF
cat > main.nf <<'NF'
process ASKS {
  memory '100 MB'
  time '1h'
  disk '2 GB'
  script: "true"
}
process NOTHING { script: "true" }
workflow { ASKS(); NOTHING() }
NF
weir run -q main.nf -with-trace trace.txt && sort trace.txt
