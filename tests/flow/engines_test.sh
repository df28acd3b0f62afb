#!/usr/bin/env bash
# Engines of others: any command, and an installed Nextflow (a stand-in that replays what a real one said): progress,
# counters, errors, cancel with proof, adoption after a kill of the supervisor, hostile output.
# Scenarios 8, 11 to 13, 17, 18, 34, 35, 38 to 44, 58 of run-control 8.
. "$(dirname "$0")/lib.sh"
export WEIR_NEXTFLOW=$SOURCE/tests/support/fake_nextflow
cd "$scratch" || exit 1
nf() { weir run --engine nextflow "$@"; }
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }
field() { weir jobs status "$1" --json | jq -r "$2"; }

nf success --reads 'a b' --n 3 --flag >out 2>err; expect "success" $? 0
expect_text "success: its words" out "Submitted process > multiQc"
expect "success: quiet" "$(nf success --quiet 2>&1 >/dev/null)" ""
expect "counts" "$(field @last '.run.counts | [.completed, .total, .total_final, .percent, .running] | @csv')" '11,11,true,100,'
expect "tasks" "$(weir jobs tasks @last --json | jq '[.tasks[] | select(.state == "completed")] | length')" 11
expect_text "odd names" <(weir jobs tasks @last --plain) "grüße (✔"
expect_text "argv: the log comes first" argv "-log"
expect "argv: no shell, one word" "$(sed -n '/^run$/,$p' argv | sed -n 2p)" success
expect "params keep their types" "$(jq -c . "$WEIR_STATE_DIR/runs/$(field @last .run.id)/params.json" 2>/dev/null || echo none)" none
nf success --reads 'a b' --n 3 --flag --id 001 --events ndjson >events 2>&1
expect "params" "$(jq -c . "$WEIR_STATE_DIR/runs/$(field @last .run.id)/params.json")" '{"reads":"a b","n":3,"flag":true,"id":1}'
expect "events: ends" "$(jq -r .type events | sed -n '1p;$p' | paste -sd' ')" "hello complete"
expect "events: progress is final" "$(jq -c 'select(.type == "progress") | .data.total_final' events | tail -n 1)" true
# A schema beside the pipeline: texts stay texts, what is given is checked, what is missing may be in its configuration.
mkdir success && echo 'workflow { }' >success/main.nf
echo '{"$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["reads"], "properties": {"reads": {"type": "string"}, "id": {"type": "string"}, "n": {"type": "integer"}}}' >success/nextflow_schema.json
nf success --id 001 --n 3 >out 2>&1; expect "schema: good" $? 0
expect "schema: texts stay texts" "$(jq -c . "$WEIR_STATE_DIR/runs/$(field @last .run.id)/params.json")" '{"id":"001","n":3}'
before=$(field @last .run.id); rm argv
nf success --n three 2>err; expect "schema: refused" $? 3
expect_text "schema: why" err "--n (three): must be integer"
expect "schema: no record, no engine" "$(field @last .run.id) $(ls argv 2>/dev/null)" "$before "
nf success --n three --no-validate >out 2>&1; expect "schema: not asked" $? 0
rm -r success
nf -- -x 2>err; expect "no pipeline" $? 2
nf -c 2>/dev/null; expect "option for a name" $? 2

nf failure >out 2>err; expect "failure" $? 1
expect "failure: reason" "$(field @last '.run | [.state, .reason, .engine_exit] | @csv')" '"failed","task_error",1'
expect_text "failure: why" <(weir jobs show @last) "            Command exit status:"
expect_text "failure: why, in a glance" <(weir jobs status) "error: Error executing process > 'BAD (late)'"
expect_text "failure: why, on one line" err "weir: Error executing process > 'BAD (late)': Process \`BAD (late)\` terminated with an error exit status (3)"
expect "failure: counts" "$(field @last '.run.counts | [.completed, .total, .failed, .aborted, .pending, .submitted] | @csv')" 0,4,1,1,2,0
expect "failure: what ran beside it" "$(weir jobs tasks @last --json | jq -r '.tasks[] | select(.name == "GOOD (1)") | .state')" aborted
expect "failure: error event" "$(weir jobs events @last --types error | jq -r .data.code | sort -u | paste -sd' ')" "engine_log task_error"
nf retry-ignore >/dev/null 2>&1; expect "ignored failures" $? 0
expect "ignored: counts" "$(field @last '.run.counts | [.completed, .total, .failed, .retries, .ignored] | @csv')" 3,3,3,2,1
nf resume >/dev/null 2>&1
expect "cached" "$(field @last '.run.counts | [.completed, .cached, .stored] | @csv')" 22,20,1
nf grid >/dev/null 2>&1
expect "cached, on a grid" "$(field @last '.run.counts | [.completed, .cached, .stored] | @csv')" 52,50,1
nf many >/dev/null 2>&1; expect "many" "$(field @last '.run.counts | [.completed, .total] | @csv')" 100,100
for pair in out-of-memory:out_of_memory missing-output:task_error script-error:pipeline_error syntax-error:pipeline_error; do
  nf "${pair%:*}" >out 2>err; expect "${pair%:*}: status" $? 1
  expect "${pair%:*}: reason" "$(field @last '.run | [.state, .reason, .engine_exit] | @csv')" "\"failed\",\"${pair#*:}\",1"
  expect "${pair%:*}: nothing but what it says" "$(weir jobs events @last --types error | jq -r .data.code | grep -v engine_log)" "${pair#*:}"
done
nf script-error 2>err >out; expect_text "script-error: as people are told" err "weir: Unknown method invocation \`noSuchMethod\` on Integer type"
nf syntax-error 2>err >out; expect_text "syntax-error: where" <(weir jobs show @last) "line 1, column 11"
nf unknown-future >/dev/null 2>&1; expect "a future format: outcome" $? 0
expect "a future format: no percentage" "$(field @last .progress_percent)" null
expect "a future format: told" "$(weir jobs events @last --types error | jq -r .data.code)" progress_unavailable
nf silent >/dev/null 2>&1; expect "no log" $? 0
WEIR_NEXTFLOW=/no/such/nextflow nf success 2>err; expect "engine missing" $? 11
WEIR_NEXTFLOW=/no/such/nextflow nf success --detach 2>err; expect "engine missing, detached" $? 11
expect "engine missing: recorded" "$(field @last '.run | [.state, .reason] | @csv')" '"failed","launch_error"'

# Cancel in order, and by force, with nothing left and never two at once.
id=$(nf hold --detach); until_true grep -q ready "$WEIR_STATE_DIR/runs/$id/stdout.log"
# The log does not tell when a task begins; its directory does.
until_true eval "[[ \$(field $id .run.counts.running) == 2 ]]"
expect "running: told of each" "$(weir jobs tasks "$id" --json | jq -c '[.tasks[] | select(.state == "running") | .name] | sort')" '["WAIT (1)","WAIT (2)"]'
weir jobs cancel "$id" >/dev/null; expect "cancel" "$?:$(field "$id" .run.state)" "0:cancelled"
expect_text "cancel: in order" <(weir jobs logs "$id" --engine-log) "Goodbye"
expect "cancel: counts" "$(field "$id" '.run.counts | [.completed, .total, .aborted, .pending, .submitted] | @csv')" 1,4,2,1,0
id=$(nf stubborn --detach); until_true grep -q ready "$WEIR_STATE_DIR/runs/$id/stdout.log"
nf success --on-busy replace --grace 0.5s >/dev/null 2>&1; expect "replace a stubborn one" "$?:$(field "$id" .run.state)" "0:cancelled"
expect "replace a stubborn one: by force" "$(weir jobs events "$id" --types status | jq -c 'select(.data.kill_sent) | .data.state')" '"cancelling"'
[[ ! -e overlap ]] || fail "two engines at once"
nf killed >/dev/null 2>&1; expect "engine killed" "$?:$(field @last .run.reason)" "1:engine_killed"
nf grid-killed >/dev/null 2>err; expect "engine of a grid killed" "$?:$(field @last .run.reason)" "1:engine_killed"
expect_text "engine of a grid killed: what is left" err "1 of its jobs may still run: SLURM 77 (MERGE)"
nf orphan >/dev/null 2>&1; expect "a process left behind" $? 0
expect_text "a process left behind: told" <(weir jobs events @last --types error) leftover_processes
expect "a process left behind: ended" "$(leftovers)" ""

# The supervisor is killed: the engine goes on, the lane stays busy, the next command takes it over.
weir run --engine nextflow hold >/dev/null 2>&1 & run=$!
until_true eval "weir jobs list --state running --json | jq -e '.jobs | length == 1'"
id=$(weir jobs list --state running --json | jq -r '.jobs[0].id')
until_true grep -q ready "$WEIR_STATE_DIR/runs/$id/stdout.log"
kill -KILL $run; wait $run 2>/dev/null
expect "supervisor killed: still running" "$(field "$id" .run.state)" running
nf success 2>/dev/null; expect "supervisor killed: lane busy" $? 4
until_true eval "weir jobs events $id --types status | grep -q adopted"
weir jobs cancel "$id" --timeout 20s >/dev/null; expect "supervisor killed: cancel by the new one" "$?:$(field "$id" .run.state)" "0:cancelled"
# Supervisor and engine are killed: lost, the lane is free.
weir run --engine nextflow hold >/dev/null 2>&1 & run=$!
until_true eval "weir jobs list --state running --json | jq -e '.jobs | length == 1'"
id=$(weir jobs list --state running --json | jq -r '.jobs[0].id'); until_true grep -q ready "$WEIR_STATE_DIR/runs/$id/stdout.log"
engine=$(jq .pid "$WEIR_STATE_DIR/runs/$id/engine.json")
kill -KILL $run "$engine"; wait $run 2>/dev/null
until_true eval "[[ \$(weir jobs status $id --json | jq -r .run.state) == lost ]]"
weir jobs wait "$id"; expect "both killed: wait" $? 6
nf success >/dev/null 2>&1; expect "both killed: lane free" $? 0

# Hostile output: bytes as they came in the file, harmless when shown.
printf 'ok\n\xff\xfe\x00\x1b]0;title\x07\x1b[31mred\rlast\n%s\nno end' "$(head -c 200000 /dev/zero | tr '\0' x)" >hostile
weir run --engine exec --quiet -- cat hostile >/dev/null; expect "hostile" $? 0
cmp hostile "$WEIR_STATE_DIR/runs/$(field @last .run.id)/stdout.log" || fail "hostile: the bytes"
weir jobs logs @last --raw | cmp - hostile || fail "hostile: --raw"
weir jobs logs @last >shown; grep -q $'\x1b' shown && fail "hostile: an escape sequence is shown"
weir jobs events @last --logs | jq -e . >/dev/null || fail "hostile: events are JSON"
id=$(field @last .run.id); : >"$WEIR_STATE_DIR/runs/$id/stdout.log"
weir jobs logs "$id" >shown 2>&1; expect "cut log" $? 0
# A folder removed under a run: the run ends as it ends, and is recorded.
weir run --engine exec -- sh -c "rm -rf $WEIR_STATE_DIR/runs/*; exit 0" >/dev/null 2>&1; status=$?
[[ $status -eq 0 || $status -eq 6 ]] || fail "folder removed: status $status"
expect "folder removed: nothing active" "$(weir jobs list --state running,starting --json | jq '.jobs | length')" 0
# As from cron: no terminal, hardly an environment, no word on success.
out=$(env -i PATH="$PATH" HOME="$scratch" WEIR_STATE_DIR="$WEIR_STATE_DIR" WEIR_NEXTFLOW="$WEIR_NEXTFLOW" LC_ALL=C weir run success --engine nextflow --quiet --lane cron </dev/null 2>&1 >/dev/null)
expect "cron: status and silence" "$?:$out" "0:"
expect_text "cron: names" <(weir jobs tasks @last --plain) "grüße (✔"
finish
