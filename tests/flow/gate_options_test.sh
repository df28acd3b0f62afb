#!/usr/bin/env bash
# Options of gates and services, each against a real server or a real program.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 60 weir run main.nf "$@" >out 2>&1 </dev/null; }
gate_program() { { echo '#!/bin/bash'; cat; } >"$1"; chmod +x "$1"; }
one_task="process P { output: stdout
              script: 'echo ran' }
workflow { P().view() }"
probe_server=$SOURCE/tests/support/probe_server.py

mkdir "$scratch/web"
python3 "$probe_server" "$scratch/web" & web=$!
timeout 20 weir gate wait "file:$scratch/web/port" || fail "the server does not start"
url=http://127.0.0.1:$(cat "$scratch/web/port")
asked() { grep -c "^$1 " "$scratch/web/requests.log"; }
# pause PATH: at least so many whole milliseconds were between its first two requests
pause() { awk -v path="$1" '$1 == path { if (++n == 2) print $2 }' "$scratch/web/requests.log"; }

# The body of an answer: it must match, whatever the status says.
weir gate check "$url/warming" --set body='^status: ready'
expect "body: not yet" $? 8
timeout 20 weir gate wait "$url/warming" --set body='^status: ready' --poll 10ms
expect "body: exit status" $? 0
expect "body: asked until it said so" "$(asked warming)" 3
timeout 20 weir gate wait "$url/warming" --set body='sta(tus' 2>err
expect "body: a wrong pattern: exit status" $? 2
expect_text "body: a wrong pattern" err "the pattern 'sta(tus' is wrong"
for path in keeps_open chunked; do
  timeout 20 weir gate check "$url/$path" --set body='^status: ready$' --set timeout=10s
  expect "body: $path" $? 0
done

# A busy server says when to come again; one that refuses three times in a row is believed.
timeout 20 weir gate wait "$url/busy" --poll 10ms
expect "Retry-After: exit status" $? 0
[[ $(pause busy) -ge 990 ]] || fail "Retry-After: asked again after $(pause busy) ms"
timeout 20 weir gate wait "$url/busy_until" --poll 10ms
expect "Retry-After with a date: exit status" $? 0
[[ $(pause busy_until) -ge 500 ]] || fail "Retry-After with a date: asked again after $(pause busy_until) ms"
timeout 20 weir gate wait "$url/nowhere" --poll 10ms 2>err
expect "404: exit status" $? 1
expect_text "404" err "answers with status 404"
expect "404: asked three times" "$(asked nowhere)" 3
timeout 20 weir gate check "$url/nowhere" --set status=404,500-599
expect "status: one that is asked for" $? 0

# finishBy: the window must hold for as long as the task may take.
in_folder finish <<'E2'
process P { time params.limit
            output: stdout
            script: 'echo ran' }
workflow { P().view() }
E2
window="$(date -u -d '-1 hour' +%H:%M)-$(date -u -d '+3 hours' +%H:%M) UTC"
echo "gates { night { window = '$window'; finishBy = true; maxWait = '200ms' } }" >nextflow.config
run --limit 1h
expect "finishBy: a task that fits: exit status" $? 0
run --limit 5h
expect "finishBy: one that does not: exit status" $? 124
expect_text "finishBy" out "the task may take 5h"
sed -i 's/finishBy = true/finishBy = false/' nextflow.config
run --limit 5h
expect "finishBy = false: exit status" $? 0

# valid_until, valid_for: a gate is asked again when what it said has run out before the launch.
in_folder valid <<'E2'
process FIRST { hints 'seat/skip': true
                script: "touch $launchDir/running; until [ -s $launchDir/log ]; do sleep 0.01; done; sleep 0.4" }
process HELD { script: 'true' }
workflow { FIRST(); HELD() }
E2
gate_program gate <<'E2'
until [ -e "$(dirname "$LOG")/running" ]; do sleep 0.01; done
sleep 0.05
echo x >> "$LOG"
case $(wc -l < "$LOG") in
  1) echo '{"event":"ready","valid_for":0.01}' ;;
  *) echo '{"event":"ready","valid_until":"2999-01-01T00:00:00Z"}' ;;
esac
E2
echo "executor.cpus = 1
gates { seat { exec = './gate' } }" >nextflow.config
echo 'trace.raw = true' >>nextflow.config
LOG=$PWD/log run -with-trace trace.tsv
expect "valid_for: exit status" $? 0
expect "valid_for: asked again before the launch" "$(wc -l <log)" 2
# gate_wait: a column where there are gates; of a task that none held there is nothing to tell.
field() { awk -F '\t' -v task="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next } $at["name"] == task { print $at[name] }' trace.tsv; }
[[ $(field HELD gate_wait) -gt 0 ]] || fail "gate_wait of a task that waited: '$(field HELD gate_wait)'"
expect "gate_wait of one that no gate held" "$(field FIRST gate_wait)" -

# gate_data: what gates told with their answers; a column for who asks for it.
in_folder data <<'E2'
process P { script: 'true' }
workflow { P() }
E2
printf '#!/bin/sh\necho \x27{"event":"ready","data":{"tier":"Bulk"}}\x27\n' >told.sh; chmod +x told.sh
printf '#!/bin/sh\necho \x27{"event":"ready","data":7}\x27\n' >late.sh; chmod +x late.sh
echo "gates { told { exec = './told.sh' }; silent { type = 'file'; path = 'main.nf' } }; trace.fields = 'name,gate_data'" >nextflow.config
run -with-trace trace.tsv
expect "gate_data" "$(tail -n 1 trace.tsv)" $'P\t{"told":{"tier":"Bulk"}}'
echo "gates { late { exec = './late.sh'; phase = 'admit' } }; trace.fields = 'name,gate_data'" >nextflow.config
run -with-trace trace.tsv
expect "gate_data of a late gate" "$(tail -n 1 trace.tsv)" $'P\t{"late":7}'
in_folder expired <<<"$one_task"
gate_program gate <<<'echo x >> "$LOG"; echo "{\"event\":\"ready\",\"valid_until\":\"2001-01-01T00:00:00Z\"}"'
echo "gates { seat { exec = './gate'; poll = '50ms'; maxWait = '500ms' } }" >nextflow.config
LOG=$PWD/log run
expect "valid_until: always over already: exit status" $? 124
expect_text "valid_until" out "ready until a moment that has passed"

# heartbeat: a multiplex gate that falls silent is started again; one that beats may take its time.
in_folder heart <<<"$one_task"
cat >gate <<'E2'
#!/usr/bin/env python3
import json, os, sys, time
open(os.environ["LOG"], "a").write("start\n")
starts = len(open(os.environ["LOG"]).readlines())
def say(**event):
    print(json.dumps(event), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if message["op"] == "hello":
        say(event="hello", heartbeat=float(os.environ["HEARTBEAT"]))
    elif message["op"] == "prepare":
        if os.environ["SILENT"] == "yes" and starts == 1:
            time.sleep(1000)
        if os.environ["SILENT"] == "no":
            for _ in range(30):
                time.sleep(0.05)
                say(event="heartbeat")
        say(event="ready", req=message["req"])
E2
chmod +x gate
echo "gates { many { exec = './gate'; mode = 'multiplex' } }" >nextflow.config
LOG=$PWD/log SILENT=yes HEARTBEAT=0.1 run
expect "heartbeat: a silent gate: exit status" $? 0
expect_text "heartbeat" out "missed three heartbeats"
expect "heartbeat: started again" "$(wc -l <log)" 2
rm -rf log work
LOG=$PWD/log SILENT=no HEARTBEAT=0.4 run
expect "heartbeat: a slow gate: exit status" $? 0
expect "heartbeat: not started again" "$(wc -l <log)" 1

# keepFor: a process that has the address second-hand keeps the service, too.
in_folder keep <<E2
process WEB { service ready: 'file:port', keepFor: 'LAST', ports: 'web'
              output: path 'port'
              script: "exec python3 $probe_server ." }
process FIRST { input: path port
                output: path 'copy'
                script: "cat \$port > copy" }
process LAST { input: path copy
               output: stdout
               script: "sleep 0.3; weir gate check http://127.0.0.1:\\\$(cat copy)/health && echo answered" }
workflow { LAST(FIRST(WEB())).view() }
E2
echo 'executor.cpus = 4' >nextflow.config
run
expect "keepFor: exit status" $? 0
expect_text "keepFor" out answered
sed -i "s/keepFor: 'LAST', //" main.nf
run
expect "without keepFor the server is gone: exit status" $? 1
sed -i "s/ready: 'file:port'/ready: 'file:port', keepFor: 'LOST'/" main.nf
run
expect "keepFor: an unknown process: exit status" $? 2
expect_text "keepFor: an unknown process" out "is to be kept for 'LOST'"

# A built-in gate that cannot be asked is refused when the run is checked, before any task.
in_folder wrong <<'E2'
process FIRST { script: "touch $launchDir/ran" }
process P { hints 'weir/open': 1
            script: 'true' }
workflow { FIRST(); P() }
E2
for gate in "url = 'http:no-address'" "type = 'tcp'; target = 'no-port'" "type = 's3'; target = 's3://bucket'" "type = 'window'; window = 'Someday 10:00-11:00'"; do
  echo "gates { wrong { $gate } }" >nextflow.config
  run
  expect "wrong gate, $gate: exit status" $? 2
  [[ ! -e ran && -z $(ls -d work/??/* 2>/dev/null) ]] || fail "wrong gate, $gate: a task was begun"
done
echo "gates { open { type = 'file'; path = '$scratch/wrong/main.nf' } }" >nextflow.config
run
expect "hints of nobody: exit status" $? 0
expect_text "hints of nobody" out "such as 'open/maxWait'"

# readyBody, readyStatus: what an HTTP probe of a service looks at.
in_folder ready <<E2
process WEB { service ready: ['file:port', params.probe], readyBody: params.body, readyStatus: params.status, poll: '20ms', readyTimeout: '20s', ports: 'web'
              output: path 'port'
              script: "exec python3 $probe_server . --port \\\$WEB_PORT" }
process ASK { input: path port
              output: stdout
              script: "grep -c warming \\\$(dirname \\\$(readlink -f \$port))/requests.log" }
workflow { ASK(WEB()).view { 'asked ' + it.trim() } }
E2
run --probe 'http://127.0.0.1:$WEB_PORT/warming' --body '^status: ready' --status 200
expect "readyBody: exit status" $? 0
expect_text "readyBody: ready when the answer said so" out "asked 3"

# liveness: a server that answers no more counts as ended.
in_folder alive <<E2
process WEB {
  service liveness: 'http://127.0.0.1:\$WEB_PORT/health', livenessPeriod: '50ms', livenessFailures: 2, onExit: params.policy, ports: 'web'
  output: path 'port'
  script: "echo start >> \$launchDir/starts; exec python3 $probe_server . --port \\\$WEB_PORT"
}
process ASK {
  errorStrategy 'terminate'
  input: path port
  script: """
  if [ \\\$(wc -l < \$launchDir/starts) = 1 ]; then touch \\\$(dirname \\\$(readlink -f \$port))/sick; sleep 1000; fi
  """
}
workflow { ASK(WEB()) }
E2
echo 'executor.cpus = 4' >nextflow.config
run --policy abort
expect "liveness: exit status" $? 1
expect_text "liveness" out "answers with status 503"
expect "liveness: nothing left" "$(leftovers)" ""
rm -rf starts work
run --policy restart
expect "liveness: restart: exit status" $? 0
expect "liveness: restart: started again" "$(wc -l <starts)" 2

kill $web; wait $web 2>/dev/null
finish
