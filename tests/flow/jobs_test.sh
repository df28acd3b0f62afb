#!/usr/bin/env bash
# weir jobs retry, verify, doctor, and recover --force-release: each as an operator would use it.
. "$(dirname "$0")/lib.sh"
mkdir "$scratch/w" && cd "$scratch/w" || exit 1
last() { weir jobs status --json | jq -r .run.id; }
field() { weir jobs show "$1" --json | jq -r ".job.$2"; }

# Retry: the command of a failed run again, in its directory, resuming what had finished.
printf 'process A { output: path "a"\n script: "echo ran >>%s/ran; echo a >a" }\nprocess B { input: path "a"\n script: "test -e %s/good" }\nworkflow { B(A()) }\n' \
  "$scratch" "$scratch" >main.nf
weir run main.nf --quiet >out 2>&1; expect "a run that fails" $? 1
failed=$(last)
(cd / && weir jobs retry "$failed") >out 2>&1; expect "retry: of one that fails again" $? 1
touch ../good
(cd / && weir jobs retry "$failed") >out 2>&1; expect "retry: status" $? 0
expect "retry: what had finished was taken" "$(wc -l <../ran)" 1
expect "retry: the new run" "$(field "$(last)" state)" succeeded
expect "retry: the old record stands" "$(field "$failed" state)" failed
(cd / && weir jobs retry "$failed" --anew) >out 2>&1; expect "retry --anew: status" $? 0
expect "retry --anew: all ran again" "$(wc -l <../ran)" 2
id=$(cd / && weir jobs retry "$failed" --detach); expect "retry --detach" $? 0
weir jobs wait "$id"; expect "retry --detach: outcome" $? 0
weir jobs retry nosuch 2>/dev/null; expect "retry: no such job" $? 7
# Of runs that were started in other ways.
rm ../good; id=$(weir run main.nf --detach); weir jobs wait "$id"; touch ../good
weir jobs retry "$id" >out 2>&1; expect "retry: of a detached run" "$?:$(field "$(last)" state)" 0:succeeded
rm ../good; weir run main.nf --quiet --idempotency-key k1 >out 2>&1; failed=$(last); touch ../good
weir jobs retry "$failed" >out 2>&1; expect "retry: of one with a key" "$?:$(field "$(last)" state)" 0:succeeded
rm ../good; weir nextflow run main.nf >out 2>&1; failed=$(last); touch ../good
weir jobs retry "$failed" >out 2>&1; expect "retry: in upstream's words" "$?:$(field "$(last)" state)" 0:succeeded
expect "retry: of upstream's words resumes" "$(grep -c 'Cached process > A' out)" 1
weir nextflow run main.nf -bg >out 2>&1; expect "-bg: status" "$?:$(jq -e 'type' .nextflow.pid)" '0:"number"'
tail --pid="$(cat .nextflow.pid)" -f /dev/null
expect "-bg: the run" "$(field "$(last)" state)" succeeded
expect_text "-bg: what it says" out "Submitted process > B"
NXF_PID_FILE=$scratch/pid weir nextflow -bg run /no/such.nf >"$scratch/out" 2>&1; expect "-bg: behind" $? 0
tail --pid="$(cat "$scratch/pid")" -f /dev/null
expect_text "-bg: a script that is not there" "$scratch/out" "no such script"
before=$(last)
NXF_PID_FILE=/no/where weir nextflow run main.nf -bg >out 2>&1; expect "-bg: no place for the process id" $? 1
expect "-bg: then nothing runs" "$(last)" "$before"
mkdir gone; (cd gone && weir run ../nothing.nf --quiet) >out 2>&1; failed=$(last); rm -r gone
weir jobs retry "$failed" 2>err; expect "retry: its folder has gone" $? 7
expect_text "retry: its folder has gone" err "which is not there any more"

# A dry run: everything up to the claim, and nothing of it.
before=$(last)
weir run main.nf --n 3 --tag a=b --dry-run --json >dry; expect "dry run" $? 0
expect "dry run: what would be asked" "$(jq -c '[.dry_run, .request.script, .request.params.n, .request.tags.a]' dry)" '[true,"main.nf","3","b"]'
expect "dry run: no record" "$(last)" "$before"
weir run main.nf --n 3 --quiet >/dev/null 2>&1
expect "dry run: the fingerprint is that of the run" "$(jq -r .fingerprint dry)" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" "SELECT fingerprint FROM jobs WHERE id = '$(last)'")"
expect_text "dry run: for people" <(weir run main.nf --n 3 --dry-run) "fingerprint   $(jq -r .fingerprint dry)"
echo 'workflow {' >broken.nf; weir run broken.nf --dry-run >out 2>&1; expect "dry run: of a broken script" $? 3
weir run --engine exec --dry-run --json -- true | jq -e '.request.engine == "exec"' >/dev/null || fail "dry run: exec"

# How many tasks there will be, once three runs like this one have told.
mkdir ../est && cd ../est || exit 1
cat >main.nf <<'E2'
process A { input: val n; output: val n; script: "[ ${n} != 1 ] || { while [ ! -e ${params.go} ]; do sleep 0.02; done; }" }
workflow { channel.of(1, 2) | A | collect | map { 3 } | B }
process B { input: val n; script: "true" }
E2
touch go
for round in 1 2 3; do weir run main.nf --go "$PWD/go" --quiet; expect "estimate: run $round" $? 0; done
weir jobs events @last --types progress | grep -q estimated_total && fail "estimate: of fewer than three"
rm go
id=$(weir run main.nf --go "$PWD/./go" --detach)
timeout 60 weir jobs events "$id" --follow --types progress >progress & follower=$!
timeout 60 sh -c 'until grep -q "\"completed\":1," progress; do sleep 0.02; done'
touch go; wait $follower
expect "estimate: as many as before" "$(jq -c 'select(.data.completed == 1) | .data | [.estimated_total, .total_final]' progress | head -n 1)" '[3,false]'
expect "estimate: none at the end" "$(tail -n 1 progress | jq -c '.data | [.total, .estimated_total]')" '[3,null]'
cd ../w || exit 1

# Frames that are no events of the record: asked for by name, before the end, and not counted.
weir jobs events @last --types process,metric,complete >frames; expect "frames" $? 0
expect "frames: in order" "$(jq -r .type frames | paste -sd' ')" "process metric complete"
expect "frames: tasks by process" "$(jq -c 'select(.type == "process") | .data.processes' frames)" '[{"process":"A","completed":2},{"process":"B","completed":1}]'
jq -se 'any(.[]; .type == "metric" and (.data | (.load | length == 3) and .memory_free_bytes > 0 and .disk_free_bytes > 0 and .cpus > 0))' frames >/dev/null || fail "frames: metric: $(cat frames)"
expect "frames: no number of their own" "$(jq -s '.[0].seq == .[1].seq and .[2].seq > .[1].seq' frames)" true
expect "complete: counts" "$(jq -c 'select(.type == "complete") | .data.counts | [.completed, .total]' frames)" '[3,3]'

# Metrics: the names that need no server, with values that move.
weir jobs metrics >metrics; expect "metrics" $? 0
for name in weir_runs_total weir_run_active weir_run_duration_seconds_count weir_queue_depth weir_lock_refused_total weir_tasks \
  weir_task_retries_total weir_events_total weir_log_bytes_total weir_recovery_total weir_disk_free_bytes; do
  expect_text "metrics: $name" metrics "$name"
done
logged=$(cat "$WEIR_STATE_DIR"/runs/*/stdout.log | wc -c)
expect "metrics: log bytes" "$(sed -n 's/^weir_log_bytes_total{stream="stdout"} //p' metrics)" "$logged"
expect "metrics: runs" "$(sed -n 's/^weir_runs_total{.*} //p' metrics | jq -s add)" "$(weir jobs list --kind run --json --limit 1000 | jq '[.jobs[] | select(.finished_at != null)] | length')"

id=$(weir run --engine exec --detach -- sh -c "while [ ! -e $scratch/go ]; do sleep 0.02; done")
weir jobs retry "$id" 2>err; expect "retry: one that runs" $? 4
expect_text "retry: one that runs" err "still active"
echo '{}' >expected.json
weir jobs verify "$id" --expect expected.json 2>err; expect "verify: one that runs" $? 8
weir jobs recover --force-release "$id" 2>err; expect "force-release: one that lives" $? 4
expect_text "force-release: one that lives" err "is alive"
touch ../go; weir jobs wait "$id"

# Verify: what was expected of a run against its record and its log. A job of another kind that came later is not meant.
weir run --engine exec --quiet -- sh -c 'echo mapped 97 reads' >/dev/null; id=$(last)
printf 'chr1\t1\t5\n' >a.bed && weir preprocess --quiet a.bed >/dev/null; expect "a later job" "$(weir jobs show @last --json | jq -r .job.kind)" preprocess
expect "tasks of the last run" "$(weir jobs tasks @last --json | jq -r .run_id)" "$id"
echo '{"status": "succeeded", "expected_duration": 60, "log_patterns": ["mapped \\d+ reads"]}' >expected.json
weir jobs verify @last --expect expected.json >out; expect "verify: as expected" "$?:$(cat out)" "0:"
echo '{"status": "failed", "expected_processes": "2-4", "log_patterns": ["mapped [a-z]+ reads"]}' >expected.json
weir jobs verify @last --expect expected.json >out; expect "verify: not as expected" $? 1
expect_text "verify: the status" out "status: succeeded, expected failed"
expect_text "verify: the processes" out "processes: 0, expected 2 to 4"
expect_text "verify: the log" out "log: nothing matches"
expect "verify: JSON" "$(weir jobs verify @last --expect expected.json --json | jq '.ok, (.faults | length)' | paste -sd' ')" "false 3"
weir jobs verify @lane:nosuch --expect expected.json 2>/dev/null; expect "verify: no such run" $? 7
for bad in '[]' '{"status": 1}' '{"expected_duration": "long"}' '{"expected_processes": "4-2"}' '{"log_patterns": "x"}' '{"log_patterns": [1]}' '{"log_patterns": ["("]}'; do
  echo "$bad" >bad.json
  weir jobs verify @last --expect bad.json >out 2>err; expect "verify: $bad" $? 2
done

# Force-release: a run that was let in within another container and is heard of no more holds its lane until a person says so.
weir run --engine exec --quiet -- true; id=$(last)
rm "$WEIR_STATE_DIR/runs/$id"/exit*
sqlite3 "$WEIR_STATE_DIR/weir.db" "UPDATE jobs SET state = 'starting', open = 1, holds = 1, owner_namespace = 'pid:[1]', owner_pid = 1, owner_boot = '$(cat /proc/sys/kernel/random/boot_id)', finished_at = NULL WHERE id = '$id'"
weir jobs recover >out; expect "recover: nothing to be told of it" "$?:$(cat out)" "0:"
weir run --engine exec -- true 2>err; expect "the lane is held" $? 4
weir jobs recover --force-release "$id" --dry-run >out; expect "force-release: dry run" "$?:$(field "$id" state)" "0:starting"
weir jobs recover --force-release "$id" >out; expect "force-release: status" $? 0
expect_text "force-release: said" out "released by hand"
case $(field "$id" state) in lost | failed) ;; *) fail "force-release: $(field "$id" state)" ;; esac
expect "force-release: noted" "$(weir jobs history --audit --json | jq -r '.audit[0].action')" force-release
weir run --engine exec --quiet -- true; expect "the lane is free" $? 0
weir jobs recover --force-release nosuch 2>/dev/null; expect "force-release: no such job" $? 7

# Doctor: says what is wrong, and how to go on.
weir jobs doctor >out; expect "doctor: all is well" $? 0
weir jobs doctor --json | jq -e '.exit_code == 0 and (.checks | length > 4)' >/dev/null || fail "doctor: JSON"
weir jobs doctor --engine nextflow >out; status=$?
if command -v nextflow >/dev/null; then expect "doctor: an engine" $status 0; else expect "doctor: no engine" $status 11; fi
# Everything into the one file, so that the damage is not hidden by its log.
sqlite3 "$WEIR_STATE_DIR/weir.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
printf 'xxxxxxxxxxxxxxxx' | dd of="$WEIR_STATE_DIR/weir.db" conv=notrunc 2>/dev/null
weir jobs doctor >out; expect "doctor: a damaged database" $? 10
expect_text "doctor: the way on" out "--rebuild"
finish
