#!/usr/bin/env bash
# waiting.sh WEIR: memory of a whole run for each task that waits at a gate: resident bytes with 10,000 waiting less
# those with 1,000, by 9,000; and the threads. bench_services has the gates' part alone.
set -eu
weir=$(realpath "$1")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
export WEIR_STATE_DIR=$folder/state
cat >main.nf <<'E2'
process ALIGN { input: tuple val(id), path(reads)
                output: path 'x.bam'
                script: "cp $reads x.bam" }
workflow { ALIGN(channel.of(1..(params.n as int)).map { n -> tuple(n, file("${launchDir}/reads.txt")) }) }
E2
echo x >reads.txt
printf "gates { open { type = 'file'\n path = '%s/open' } }\n" "$folder" >nextflow.config
# resident N: once it grows no more
resident() {
  local pid last=-1 same=0 now
  "$weir" run main.nf --n "$1" >out 2>&1 </dev/null & pid=$!
  while [[ $same -lt 10 ]]; do
    sleep 0.3
    now=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
    [[ $now == "$last" ]] && same=$((same + 1)) || same=0
    last=$now
  done
  threads=$(ls "/proc/$pid/task" | wc -l)
  kill -INT "$pid"; wait "$pid" || true
  resident_kb=$now
}
resident 1000; few=$resident_kb
resident 10000
echo "waiting tasks: $(((resident_kb - few) * 1024 / 9000)) bytes each in the whole run, $threads threads"
