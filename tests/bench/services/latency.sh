#!/usr/bin/env bash
# latency.sh WEIR [RUNS]: from the moment a service's output is there to the start of its consumer, as both write it
# down (the start of two `date` processes included). Prints the median.
set -eu
weir=$(realpath "$1"); runs=${2:-15}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
export WEIR_STATE_DIR=$folder/state
cat >main.nf <<'E2'
process S { service true
            output: path 'up'
            script: "sleep 0.3; date +%s%N > now; mv now up; while :; do sleep 1000 & wait; done" }
process ASK { input: path up
              output: stdout
              script: 'now=$(date +%s%N); echo $(( now - $(cat up) ))' }
workflow { ASK(S()).view() }
E2
for _ in $(seq "$runs"); do rm -rf work; "$weir" run main.nf 2>/dev/null | grep -E "^[0-9]+$" | tail -n 1; done | sort -n |
  awk '{ t[NR] = $1 } END { printf "output there to consumer started: median %.2f ms of %d runs, least %.2f ms\n", t[int((NR + 1) / 2)] / 1e6, NR, t[1] / 1e6 }'
