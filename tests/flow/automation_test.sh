#!/usr/bin/env bash
# The crontab and the CI job of share/examples/automation, each line as it is written there.
. "$(dirname "$0")/lib.sh"
export HOME=$scratch
mkdir -p "$HOME/pipelines/variants"; cd "$HOME/pipelines/variants" || exit 1
cat >main.nf <<'E2'
params.input = null
process COUNT {
  input: path reads
  output: stdout
  script: "wc -l < $reads"
}
workflow { COUNT(channel.fromPath(params.input)) | view }
E2
printf 'a\nb\n' >reads.txt
echo "params.input = '$PWD/reads.txt'" >nextflow.config
cat >nextflow_schema.json <<'E2'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
 "properties": {"input": {"type": "string", "format": "file-path", "exists": true, "description": "what to count"}},
 "required": ["input"]}
E2
echo '{"input": "reads.txt"}' >params.json
# cron: its own small environment, sh, no terminal.
cron() { env -i HOME="$HOME" PATH="$PATH" SHELL=/bin/sh WEIR_FLOW_TOKEN="$WEIR_FLOW_TOKEN" sh -c "$1" </dev/null; }
lines=0
while IFS= read -r line; do
  [[ $line =~ ^[0-9*] ]] || continue
  read -r _ _ _ _ _ command <<<"$line"
  lines=$((lines + 1))
  said=$(cron "$command" 2>&1); status=$?
  expect "cron line $lines: status" $status 0
  [[ $lines -ne 1 ]] || expect "cron line 1: says what the pipeline prints, no more" "$said" 2
done <"$SOURCE/share/examples/automation/crontab"
expect "cron lines" $lines 2
expect_text "metrics" "$HOME/weir.prom" "weir_runs_total"
mkdir broken; echo 'process P { script: "exit 1" }
workflow { P() }' >broken/main.nf
said=$(env -i HOME="$HOME" PATH="$PATH" sh -c 'cd broken && weir run . --lane nightly --on-busy skip --quiet' 2>&1 </dev/null); expect "cron: a failure" $? 1
[[ -n $said ]] || fail "cron: a failure says nothing"
# CI: the commands under script and after_script.
ci() { sed -n "/^  $1:/,/^  [a-z_]*:/s/^    - //p" "$SOURCE/share/examples/automation/ci.yml"; }
export CI_JOB_ID=71
while IFS= read -r command; do sh -c "$command" >said 2>&1 </dev/null || fail "CI: $command: $(cat said)"; done < <(ci script; ci after_script)
expect "CI: events end" "$(jq -r .type events.ndjson | tail -n 1)" complete
expect "CI: tasks" "$(jq '.tasks | length' tasks.json)" 1
cp events.ndjson before
sh -c "$(ci script | sed -n 2p)" >said 2>&1; expect "CI: restarted" $? 0
expect "CI: the same run" "$(jq -r .run_id events.ndjson | sort -u)" "$(jq -r .run_id before | sort -u)"
finish
