#!/usr/bin/env bash
# Parameters marked as secret: in no record, event, message or list of processes. Scenario 59 of run-control 8.
. "$(dirname "$0")/lib.sh"
mkdir "$scratch/p" && cd "$scratch/p" || exit 1
secret=Zq8-'hush "quoted"'-41
printf '%s\n' "$secret" >"$scratch/needles"
jq -Rr 'tojson[1:-1]' "$scratch/needles" >"$scratch/needles.json" && cat "$scratch/needles.json" >>"$scratch/needles"
cat >main.nf <<'E2'
params.token = null
params.other = null
params.hold = ''
process SEND {
  input: val token
  output: stdout
  script: """
  if [ -n "${params.hold}" ]; then echo here > ${params.hold}.begun; read -r x < "${params.hold}"; fi
  cat <<'END'
${token}
END
  test "${params.other}" != fail
  """
}
workflow { SEND(params.token ?: "none") | collectFile(name: 'sent', storeDir: '.') }
E2
cat >nextflow_schema.json <<'E2'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {
   "token": {"type": "string", "writeOnly": true, "minLength": 3}, "other": {"type": "string"}, "hold": {"type": "string"},
   "password": {"type": "integer", "format": "password"}}}
E2

# hidden WHAT FILE...: none of them holds the secret, in any form
hidden() { local what=$1; shift; ! grep -rqFf "$scratch/needles" "$@" || fail "$what: shown in $(grep -rlFf "$scratch/needles" "$@" | head -n 3 | tr '\n' ' ')"; }
# not_listed WHAT: nor does the list of processes
not_listed() {
  for file in /proc/[0-9]*/cmdline; do { tr '\0' '\n' <"$file"; echo; } 2>/dev/null; done >"$scratch/processes"
  grep -q "^$2" "$scratch/processes" || fail "$1: the run is not among the processes"
  hidden "$1" "$scratch/processes"
}
tell() { weir jobs "$@"; }

# In the background, while it runs.
mkfifo gate gate.begun
id=$(weir run . --token "$secret" --hold "$PWD/gate" --detach); expect "detached" $? 0
read -r begun <gate.begun; expect "begun" "$begun" here
not_listed "process list, detached" --handshake-fd
for view in "show $id --json" "show $id" "list --json" "status --json" "tasks $id --json" "events $id"; do
  # shellcheck disable=SC2086  # words
  tell $view >"$scratch/view" 2>&1; expect "$view" $? 0
  hidden "$view" "$scratch/view"
done
expect "recorded as a mask" "$(weir jobs show "$id" --json | jq -r '.job.request.params.token // .request.params.token')" "***"
# Another secret is another request; the same one is the same.
weir run . --token other --hold "$PWD/gate" --on-busy attach --quiet >/dev/null 2>&1; expect "another value is another request" $? 4
weir run . --token "$secret" --hold "$PWD/gate" --on-busy attach --events ndjson >"$scratch/attached" 2>&1 & attached=$!
timeout 60 sh -c "until grep -q '\"run_id\":\"$id\"' '$scratch/attached'; do sleep 0.02; done"; expect "attached" $? 0
echo go >gate
wait "$attached"; expect "the same value is the same request" $? 0
weir jobs wait "$id"; expect "detached: end" $? 0
expect "the task had it" "$(cat sent)" "$secret"
hidden "an attached one's events" "$scratch/attached"
hidden "state directory" "$WEIR_STATE_DIR"

# In the foreground; an unmarked one by option; both ways of writing.
for words in "--token=$secret" "--other=$secret"; do
  weir run . "$words" --secret-param other --hold "$PWD/gate" --events ndjson >"$scratch/out" 2>&1 & run=$!
  read -r begun <gate.begun
  not_listed "process list, $words" run
  echo go >gate
  wait "$run"; expect "foreground" $? 0
  hidden "events of the foreground" "$scratch/out"
done
hidden "state directory, foreground" "$WEIR_STATE_DIR"

# The command of a task that fails is told, the secret in it is not written down.
weir run . --token "$secret" --other fail >"$scratch/out" 2>&1; expect "failed" $? 1
expect_text "failed: the report" "$scratch/out" "SEND"
weir jobs show @last --json >"$scratch/view"; hidden "failed" "$scratch/view"
weir jobs events @last >"$scratch/view"; expect_text "failed: event" "$scratch/view" '"type":"error"'
hidden "failed: events" "$scratch/view"
weir jobs retry @last 2>err; expect "retry" $? 2
expect_text "retry: why" err "secret parameters (token, password), whose values are not kept"
weir log >"$scratch/view"; hidden "log" "$scratch/view"

# Refusals name the parameter alone.
weir run . --token xy >out 2>err; expect "refused" $? 3
expect_text "refused: what" err "--token (***)"
weir params validate . --password "$secret" --json >out; expect "validate" $? 3
expect "validate: value" "$(jq -r '.faults[0].value' out)" "***"
mkdir ../typed && printf 'params {\n  pin: Integer\n}\nworkflow { }\n' >../typed/main.nf
weir run ../typed --pin "$secret" --secret-param pin 2>err; expect "typed" $? 3
expect_text "typed: what" err "not '***'"

# As upstream's command; and from a file, which no list of processes shows.
weir nextflow run main.nf --token "$secret" >"$scratch/out" 2>&1; expect "nextflow" $? 0
hidden "nextflow: log file" .nextflow.log
jq -n --rawfile token "$scratch/needles" '{token: ($token | split("\n")[0]), other: "fail"}' >"$scratch/p.json"
weir run . --params-file "$scratch/p.json" >/dev/null 2>&1; expect "file" $? 1
hidden "state directory, at last" "$WEIR_STATE_DIR"
finish
