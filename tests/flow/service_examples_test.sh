#!/usr/bin/env bash
# The examples of share/examples/services, with the real servers.
. "$(dirname "$0")/lib.sh"
examples=$SOURCE/share/examples/services
run() { timeout 120 weir run "$@" >out 2>&1 </dev/null; }

if compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && id postgres >/dev/null 2>&1; then
  chmod 755 "$scratch"; mkdir "$scratch/postgres" && cd "$scratch/postgres" || exit 1
  run "$examples/postgres/main.nf"
  expect "postgres: exit status" $? 0
  expect_same "postgres: 50 answers" results/answers.txt <(for i in $(seq 50); do echo "$i|$((i * i))"; done | sort)
  expect "postgres: one server" "$(find work -name .command.sh -exec grep -l initdb {} + | wc -l)" 1
  expect "postgres: nothing left" "$(leftovers)" ""
  run "$examples/postgres/main.nf" -resume
  expect "postgres: resumed without a server" "$(grep -c Submitted out)" 0
else
  echo "skipped: PostgreSQL is not installed"
fi

mkdir "$scratch/inference" && cd "$scratch/inference" || exit 1
run "$examples/inference/main.nf" --load_seconds 0.5
expect "inference: exit status" $? 0
expect_same "inference: predictions" results/predictions.txt <(for i in $(seq 8); do echo "$i $((i * i))"; done)
expect "inference: nothing left" "$(leftovers)" ""
[[ $failures -eq 0 ]] || sed 's/^/    /' out >&2

mkdir "$scratch/sequencer" && cd "$scratch/sequencer" || exit 1
mkdir -p runs/early runs/late
printf '@r\nA\n+\nI\n' >runs/early/a.fastq; touch runs/early/CopyComplete.txt
printf '@r\nA\n+\nI\n' >runs/late/a.fastq
timeout 120 weir run "$examples/sequencer/main.nf" --runs "$PWD/runs" >out 2>&1 </dev/null &
pid=$!
# The complete run is counted while the other one is still held back; then it is completed.
timeout 60 weir gate wait "file:$PWD/results/early.count" || fail "sequencer: the complete run is not taken up: $(cat out)"
[[ ! -e results/late.count ]] || fail "sequencer: the incomplete run was taken up"
printf '@r\nA\n+\nI\n' >>runs/late/a.fastq; touch runs/late/CopyComplete.txt
wait $pid
expect "sequencer: exit status" $? 0
expect "sequencer: early" "$(cat results/early.count 2>&1)" 1
expect "sequencer: late, with what came last" "$(cat results/late.count 2>&1)" 2
finish
