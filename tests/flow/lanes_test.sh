#!/usr/bin/env bash
# One run at a time: policies of a busy lane, queue, replace, attach, detach, keys, signals, limits.
# Scenarios 1, 3 to 11, 17 to 20, 36, 37 of run-control 8.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
set -m  # background jobs that INT reaches

# hold NAME: a command that says `NAME begins` and ends when the file NAME.go appears
hold() { printf 'echo %s begins; while [ ! -e %s/%s.go ]; do sleep 0.02; done; echo %s ends' "$1" "$scratch" "$1" "$1"; }
exec_run() { weir run --engine exec "$@"; }
state() { weir jobs list --json | jq -r ".jobs[] | select(.id == \"$1\") | .state"; }
# until CONDITION...: waits for it, at most 20 s
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }
is_state() { [[ $(state "$1") == "$2" ]]; }

# --detach: the id, and the run is recorded and runs; attach follows from the beginning and gives the outcome.
id=$(exec_run --detach -- sh -c "$(hold a)")
expect "detach: status" $? 0
[[ $id =~ ^r[0-9a-f]{11}$ ]] || fail "detach prints the id: '$id'"
expect "detach: running" "$(state "$id")" running
weir jobs attach "$id" >attached1 2>&1 & first=$!
weir jobs attach "$id" --events ndjson >attached2 2>&1 & second=$!
until_true grep -q begins attached1
until_true grep -q begins attached2

# Busy: refused, skipped in silence, attached or not.
exec_run -- true 2>err; expect "fail: status" $? 4
expect_text "fail: the holder" err "run $id"
expect_text "fail: the way on" err "weir jobs attach $id"
out=$(exec_run --on-busy skip --quiet -- true 2>&1); expect "skip: status and silence" "$?:$out" "0:"
expect "skip: noted" "$(weir jobs history --audit --json | jq -r '.audit[0].action')" skip
exec_run --on-busy attach -- true 2>err; expect "attach, other request: status" $? 4
expect_text "attach, other request" err "was asked for something else"
exec_run --on-busy attach -- sh -c "$(hold a)" >same 2>&1 & same=$!
until_true grep -q begins same
# INT on one follower disturbs neither the run nor the others.
kill -INT $first; wait $first; expect "follower after INT" $? 130
expect "the run after a follower's INT" "$(state "$id")" running
# Another lane, the same folder (through a link): refused as such.
ln -s "$scratch" link
(cd link && exec_run --lane other -- true) 2>err; expect "same folder, other lane" $? 4
touch a.go
wait $second; expect "attached: outcome" $? 0
wait $same; expect "on-busy attach: outcome" $? 0
expect "events: first and last" "$(jq -r .type attached2 | sed -n '1p;$p' | paste -sd' ')" "hello complete"
expect "events: no gap" "$(jq -s '[.[] | select(.type != "hello" and .type != "log") | .seq] | . == [range(1; length + 1)]' attached2)" true
expect "events: the log" "$(jq -r 'select(.type == "log") | .data.lines[].message' attached2 | paste -sd,)" "a begins,a ends"
weir jobs logs "$id" -f >logs; expect "logs of an ended run" "$?:$(paste -sd, logs)" "0:a begins,a ends"

# A queue of three, in order; each ends before the next begins.
id=$(exec_run --detach -- sh -c "$(hold q0)")
for i in 1 2 3; do
  q[i]=$(exec_run --on-busy queue --detach -- sh -c "echo q$i >>$scratch/order")
  expect "queue $i" "$(state "${q[i]}")" queued
done
weir jobs cancel "${q[2]}" >/dev/null; expect "cancel a waiting run" "$(state "${q[2]}")" cancelled
exec_run --on-busy queue --queue-timeout 0.2s -- true 2>/dev/null; expect "queue timeout" $? 124
touch q0.go
weir jobs wait "${q[1]}" "${q[3]}"; expect "queue: outcome" $? 0
expect "queue: order" "$(paste -sd' ' order)" "q1 q3"

# --explain compares with the run before it, which is known only when it is let in.
mkdir explained && cd explained || exit 1
printf 'process P { input: val x\n script: "echo $x; while [ ! -e %s/p.go ]; do sleep 0.02; done" }\nworkflow { P(params.x) }\n' \
  "$scratch" >main.nf
touch ../p.go; weir run main.nf --x one --quiet; rm ../p.go
weir run main.nf --x two --detach >/dev/null
id=$(weir run main.nf --x three --explain -resume --on-busy queue --detach); expect "explain: queued" "$(state "$id")" queued
touch ../p.go; weir jobs wait "$id"; expect "explain: outcome" $? 0
weir jobs logs "$id" >said; expect_text "explain: the run before it" said "before: 'two'"
cd "$scratch" || exit 1

# Replace: asked, then killed after the grace; no instant with two.
id=$(exec_run --detach -- sh -c 'trap "" TERM; echo stubborn; while :; do sleep 0.05; done')
until_true grep -q stubborn "$WEIR_STATE_DIR/runs/$id/stdout.log"
exec_run --on-busy replace --grace 0.3s -- sh -c 'echo new' >out 2>err; expect "replace: status" $? 0
expect "replace: the old one" "$(state "$id")" cancelled
expect "replace: nothing left" "$(leftovers)" ""

# Keys: one run for equal requests, whoever is first; another request under the key is refused.
for i in 1 2 3 4 5 6; do exec_run --idempotency-key build-7 --json -- sh -c 'sleep 0.1; echo once >>once' 2>/dev/null | jq -r .run.id >key$i & keys[i]=$!; done
for i in 1 2 3 4 5 6; do wait "${keys[i]}"; done
expect "key: one id" "$(sort -u key? | wc -l)" 1
expect "key: done once" "$(cat once)" once
exec_run --idempotency-key build-7 -- true 2>err; expect "key: another request" $? 3
expect_text "key: another request" err "for another request"

# Limits and signals.
exec_run --timeout 0.2s --grace 0.2s -- sleep 1000 2>err; expect "time limit" $? 124
expect_text "time limit" err "time limit"
weir jobs status --json | jq -e '.run.state == "failed" and .run.reason == "deadline"' >/dev/null || fail "time limit: recorded"
for pair in INT:130 TERM:143; do
  weir run --engine exec --grace 1s -- sh -c 'echo up; exec sleep 1000' >sig 2>&1 & run=$!
  until_true grep -q up sig
  kill -"${pair%:*}" $run; wait $run; expect "signal ${pair%:*}" $? "${pair#*:}"
  expect "signal ${pair%:*}: nothing left" "$(leftovers)" ""
  expect "signal ${pair%:*}: recorded" "$(weir jobs status --json | jq -r .run.state)" cancelled
done
# HUP: goes on without a terminal.
weir run --engine exec -- sh -c "$(hold hup)" >sig 2>&1 & run=$!
until_true grep -q begins sig
kill -HUP $run; until_true grep -q 'goes on without a terminal' sig
touch hup.go; wait $run; expect "HUP: outcome" $? 0
# Cancelled by somebody else: 5, and no word of it on standard output.
exec_run -- sh -c 'echo up; exec sleep 1000' >out 2>err & run=$!
until_true grep -q up out
weir jobs cancel --reason enough >/dev/null; expect "cancel" $? 0
wait $run; expect "cancelled: status" $? 5
expect_text "cancelled: who" err "enough"
# A reader that goes away changes nothing.
exec_run -- sh -c 'seq 100000; exit 3' 2>/dev/null | head -n 1 >/dev/null; expect "closed output" "${PIPESTATUS[0]}" 1
exec_run --events ndjson -- sh -c 'seq 20000' 2>err | head -n 1 >/dev/null; expect "closed events" "${PIPESTATUS[0]}:$(cat err)" "0:"

# 32 at once, over rounds: exactly one wins. (The long form is the test labelled slow.)
rounds=${WEIR_RACE_ROUNDS:-4}; racers=${WEIR_RACERS:-12}
for ((round = 0; round < rounds; round++)); do
  rm -f gate.go started; mkfifo line; exec 9<>line
  for ((i = 0; i < racers; i++)); do
    (read -r _ <&9; exec 9<&-; exec_run -- sh -c "echo x >>$scratch/started; $(hold gate)" >/dev/null 2>"race$i"; echo $? >"status$i") &
  done
  sleep 0.05; for ((i = 0; i < racers; i++)); do echo; done >&9
  until_true eval "[[ \$(cat $scratch/status* 2>/dev/null | wc -l) -ge $((racers - 1)) ]]"
  touch gate.go; wait
  expect "race $round: one engine" "$(wc -l <started)" 1
  expect "race $round: one winner" "$(cat status* | sort | uniq -c | awk '{print $2 "x" $1}' | paste -sd' ')" "0x1 4x$((racers - 1))"
  exec 9<&-; rm -f line status* race*
done
finish
