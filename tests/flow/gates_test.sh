#!/usr/bin/env bash
# Gates in pipelines: both phases, classes of failure, hints, hostile programs, tokens. Numbers are the acceptance
# scenarios of the specification of services and gates, section 5.
. "$(dirname "$0")/lib.sh"

# gate_program NAME: a gate for the test's folder from standard input
gate_program() { { echo '#!/bin/bash'; cat; } >"$1"; chmod +x "$1"; }
# in_folder NAME: a folder of its own with main.nf from standard input
in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 60 weir run main.nf "$@" >out 2>&1 </dev/null; }
one_task="process P { output: stdout
              script: 'echo ran' }
workflow { P().view() }"

# 49: the first failure decides, whatever its place; its hanging peer is gone.
for order in 'a b' 'b a'; do
  in_folder "49-${order// /}" <<<"$one_task"
  gate_program hangs <<<'echo $$ > "$PWD_OF_TEST/hanging"; exec sleep 1000'
  gate_program fails <<<'until [ -s "$PWD_OF_TEST/hanging" ]; do sleep 0.01; done; echo "no licence" >&2; exit 3'
  set -- $order
  printf "gates { %s { exec = '%s' }\n %s { exec = '%s' } }" \
    "$1" "./$([[ $1 == a ]] && echo hangs || echo fails)" "$2" "./$([[ $2 == a ]] && echo hangs || echo fails)" >nextflow.config
  PWD_OF_TEST=$PWD run
  expect "49 $order: exit status" $? 1
  expect_text "49 $order" out "gate 'b'"
  expect_text "49 $order: its own words" out "no licence"
  expect "49 $order: nothing left" "$(leftovers)" ""
done

# 50: permanent failure and ignore: the process closes, the run ends, others run.
in_folder 50 <<'E2'
process P {
  errorStrategy 'ignore'
  input: val x
  output: stdout
  script: "echo item $x"
}
process Q { input: val x
            output: stdout
            script: "echo after $x" }
workflow { Q(P(channel.of(1, 2, 3)).map { it.trim() }).view() }
E2
gate_program second <<<'[[ $(jq -r .task.name) == "P (2)" ]] && exit 9; exit 0'
echo "gates { second { exec = './second' } }" >nextflow.config
run
expect "50: exit status" $? 0
expect "50: the others ran on" "$(grep -c '^after item' out)" 2

# 51, 52: transient failures do not use the task's budget, and end.
in_folder 51 <<<"$one_task"
gate_program flaky <<'E2'
echo x >> "$COUNT"
[ $(wc -l < "$COUNT") -gt 3 ] && exit 0
echo '{"event":"failed","class":"transient","message":"busy","retry_after":0.01}'; exit 75
E2
echo "gates { flaky { exec = './flaky' } }" >nextflow.config
COUNT=$PWD/count run
expect "51: exit status" $? 0
expect "51: asked four times" "$(wc -l <count)" 4
echo "gates { flaky { exec = './flaky'; transientLimit = 2 } }" >nextflow.config
rm count; COUNT=$PWD/count run
expect "52: exit status" $? 1
expect "52: asked three times" "$(wc -l <count)" 3
expect_text 52 out busy

# 53: a retry asks again, with attempt 2 and the same key.
in_folder 53 <<'E2'
process P {
  errorStrategy 'retry'
  maxRetries 2
  output: stdout
  script: 'echo ran'
}
workflow { P().view() }
E2
gate_program once <<'E2'
request=$(cat); jq -c '[.task.attempt, .task.key]' <<<"$request" >> "$LOG"
[ "$(jq .task.attempt <<<"$request")" = 2 ] || exit 5
E2
echo "gates { once { exec = './once' } }" >nextflow.config
LOG=$PWD/log run
expect "53: exit status" $? 0
expect "53: attempts" "$(jq -s -c 'map(.[0])' log)" "[1,2]"
expect "53: one key" "$(jq -s 'map(.[1]) | unique | length' log)" 1

# 54, 56: a skipped gate is not started; cached tasks ask nobody.
in_folder 54 <<'E2'
process P { hints 'demo/skip': true
            script: 'true' }
workflow { P() }
E2
gate_program demo <<<'echo x >> "$LOG"'
echo "gates { demo { exec = './demo' } }" >nextflow.config
LOG=$PWD/log run
expect "54: exit status" $? 0
[[ ! -e log ]] || fail "54: the gate was started"
in_folder 56 <<<"$one_task"
cp ../54/demo ../54/nextflow.config .
LOG=$PWD/log run; LOG=$PWD/log run -resume
expect "56: exit status" $? 0
expect "56: asked once in two runs" "$(wc -l <log)" 1

# 55, 61: a limit of its own; a gate that ignores TERM is killed.
in_folder 55 <<'E2'
process P { hints 'demo/maxWait': '300ms'
            script: 'true' }
workflow { P() }
E2
gate_program demo <<<"trap '' TERM; while :; do sleep 1000; done"
echo "gates { demo { exec = './demo' } }" >nextflow.config
run
expect "55: exit status" $? 124
expect_text 55 out "not ready within maxWait"
expect "61: nothing left" "$(leftovers)" ""

# 59: an aborted run ends its gates, and no task is told as failed for it.
in_folder 59 <<'E2'
process WAITS { script: 'true' }
process FAILS { hints 'slow/skip': true
                script: 'exit 7' }
workflow { WAITS(); FAILS() }
E2
gate_program slow <<<'exec sleep 1000'
echo "gates { slow { exec = './slow' } }" >nextflow.config
run
expect "59: exit status" $? 1
expect "59: one error" "$(grep -c 'Error executing process' out)" 1
expect "59: nothing left" "$(leftovers)" ""

# 62, 63, 64, 65, 66: what gates can do wrong.
hostile() { # NAME STATUS TEXT: the gate is on standard input
  in_folder "$1" <<<"$one_task"; gate_program gate; echo "gates { hostile { exec = './gate' } }" >nextflow.config
}
in_folder 62 <<<"$one_task"
gate_program gate <<<'head -c 20000000 /dev/zero | tr "\0" x >&2; exit 0'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
run; expect "62: a gate that writes 20 MB to stderr answers" $? 0
in_folder 63 <<<"$one_task"
gate_program gate <<<'kill -9 $$'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
run; expect "63: exit status" $? 1
expect_text "63" out "gate was ended by signal 9"
in_folder 64 <<<"$one_task"
gate_program gate <<<'printf "{\"event\":\n\0\0broken\n"; exit 0'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
run; expect "64: broken JSON and NULs are for the log" $? 0
gate_program gate <<<'head -c 3000000 /dev/zero | tr "\0" x; echo; exit 0'
run; expect "64: a line of 3 MB: exit status" $? 1
expect_text "64" out "line longer than 1 MiB"
in_folder 65 <<<"$one_task"
gate_program gate <<<'exec <&-; exit 0'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
run; expect "65: a gate that closes its input" $? 0
in_folder 66 <<<"$one_task"
gate_program gate <<<'setsid sleep 1000 & exit 0'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
run; expect "66: exit status" $? 0
expect_text "66" out "left processes behind"
expect "66: nothing left" "$(leftovers)" ""

# 67: a multiplex gate that dies with requests open is started again; in the end all fail once.
in_folder 67 <<'E2'
process P { input: val x
            script: 'true' }
workflow { P(channel.of(1..20)) }
E2
cat >gate <<'E2'
#!/usr/bin/env python3
import json, os, sys
open(os.environ["LOG"], "a").write("start\n")
deaths = int(os.environ["DEATHS"])
starts = len(open(os.environ["LOG"]).readlines())
for line in sys.stdin:
    message = json.loads(line)
    if message["op"] == "hello":
        print(json.dumps({"event": "hello"}), flush=True)
    elif message["op"] == "prepare":
        if starts <= deaths:
            os._exit(1)
        print(json.dumps({"event": "ready", "req": message["req"]}), flush=True)
        print(json.dumps({"event": "ready", "req": message["req"]}), flush=True)  # 68: twice
        print(json.dumps({"event": "ready", "req": "99999"}), flush=True)  # 68: an unknown one
E2
chmod +x gate
echo "gates { many { exec = './gate'; mode = 'multiplex' } }" >nextflow.config
LOG=$PWD/log DEATHS=1 run
expect "67: exit status" $? 0
expect "67: started twice" "$(wc -l <log)" 2
rm log
in_folder 67b <<<"$one_task"; cp ../67/gate ../67/nextflow.config .
LOG=$PWD/log DEATHS=9 timeout 60 weir run main.nf >out 2>&1
expect "67: for ever dying: exit status" $? 1
expect "67: for ever dying: four starts" "$(wc -l <log)" 4

# The sample plug-ins keep the protocol; a lease is given back.
expect "marker.sh" "$(weir gate test "$SOURCE/share/examples/gates/marker.sh" --json | jq .ok)" true
expect "seats.py" "$(weir gate test "$SOURCE/share/examples/gates/seats.py 200" --multiplex --json | jq .ok)" true
in_folder seats <<'E2'
process P {
  hints 'seats/count': 2
  input: val x
  output: stdout
  script: """
  echo \$\$ >> $launchDir/holders
  [ \$(wc -l < $launchDir/holders) -le 1 ] || echo two at once
  sleep 0.05
  : > $launchDir/holders
  """
}
workflow { P(channel.of(1..4)).view() }
E2
echo "gates { seats { exec = '$SOURCE/share/examples/gates/seats.py 3'; mode = 'multiplex'; phase = 'admit' } }" >nextflow.config
run
expect "seats: exit status" $? 0
expect "seats: never two at once" "$(grep -c 'two at once' out)" 0
[[ $failures -eq 0 ]] || sed 's/^/    /' out | tail -20 >&2

# 69, 70, 71: tokens.
in_folder 69 <<'E2'
process P {
  input: val x
  script: """
  mkdir $launchDir/holds/$x
  n=\$(ls $launchDir/holds | wc -l)
  [ \$n -le 2 ] || echo \$n >> $launchDir/too-many
  sleep 0.1
  rmdir $launchDir/holds/$x
  echo $x >> $launchDir/done
  """
}
workflow { P(channel.of(1..6)) }
E2
mkdir holds
echo "executor.cpus = 8
gates { licence { type = 'semaphore'; slots = 2 } }" >nextflow.config
run
expect "69: exit status" $? 0
expect "69: all ran" "$(wc -l <done)" 6
[[ ! -e too-many ]] || fail "69: more than two holders"
rm -f done; setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 30 weir gate wait "file:$PWD/done" || fail "69: nothing ran: $(cat out)"
kill -9 $pid; wait $pid 2>/dev/null
timeout 20 weir gate wait "semaphore:$(dirname "$(find work/gates -name token-0)"):2" --set tokens=2 --poll 20ms \
  || fail "69: a token is lost after the kill"
rmdir holds/* 2>/dev/null; rm -f done
run
expect "69: after a kill: exit status" $? 0
[[ ! -e too-many ]] || fail "69: more than two holders after a kill"
in_folder 70 <<'E2'
process A { hints 'one/tokens': 1
            input: val x
            script: 'sleep 0.02' }
process B { input: val x
            script: 'sleep 0.02' }
workflow { A(channel.of(1..5)); B(channel.of(1..5)) }
E2
echo "executor.cpus = 8
gates { one { type = 'semaphore'; slots = 1 }
two { type = 'semaphore'; slots = 1 } }" >nextflow.config
run; expect "70: two semaphores, no deadlock" $? 0
in_folder 71 <<'E2'
process P { hints 'licence/tokens': 3
            errorStrategy 'retry'
            script: 'true' }
workflow { P() }
E2
cp ../69/nextflow.config .
run; expect "71: exit status" $? 1
expect_text 71 out "3 tokens of a pool of 2"

# 60: a rate holds back its own tasks and no others.
in_folder 60 <<'E2'
process SLOW { input: val x
               script: 'true' }
process FREE { hints 'pace/skip': true
               input: val x
               script: "touch $launchDir/free-$x" }
workflow { SLOW(channel.of(1..50)); FREE(channel.of(1..5)) }
E2
echo "gates { pace { rate = '1/s' } }" >nextflow.config
timeout 60 weir run main.nf >out 2>&1 & pid=$!
for i in 1 2 3 4 5; do timeout 10 weir gate wait "file:$PWD/free-$i" || fail "60: a free task waits for gated ones"; done
kill -INT $pid; wait $pid

# 73: names.
in_folder 73 <<<"$one_task"
echo "gates { slurm { exec = './x' } }" >nextflow.config
run; expect "73: exit status" $? 2
expect_text 73 out "that is an executor"
in_folder 73b <<'E2'
process P { hints 'licnce/tokens': 1
            script: 'true' }
workflow { P() }
E2
cp ../69/nextflow.config .
run; expect "73: a wrong prefix: exit status" $? 0
expect_text "73: a wrong prefix" out "did you mean 'licence/tokens'?"

# Why is this task not running: weir jobs show says it, and the services of the run.
in_folder why <<'E2'
process S { service true
            hints 'marker/skip': true
            output: path 'up'
            script: "echo x > up; while :; do sleep 1000 & wait; done" }
process FIRST { hints 'marker/skip': true
                input: path up
                script: 'sleep 1000' }
process HELD { script: 'true' }
process BIG { hints 'marker/skip': true
              cpus 5
              input: val n
              script: 'sleep 1000' }
process SLOW { service true
               hints 'marker/skip': true
               output: path 'never'
               script: 'sleep 1000' }
process ASK { hints 'marker/skip': true
              input: path never
              script: 'true' }
workflow { FIRST(S()); HELD(); BIG(channel.of(1, 2)); ASK(SLOW()) }
E2
gate_program marker <<<"echo '{\"event\":\"not_ready\",\"message\":\"run42 has no marker yet\",\"retry_after\":0.1}'; exit 11"
echo "executor.cpus = 8
gates { marker { exec = './marker' } }" >nextflow.config
setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 40 weir gate wait "command:weir jobs show @active | grep -q 'run42 has no marker yet' && weir jobs show @active | grep -q 'S  ready for'" --poll 50ms ||
  fail "why: weir jobs show says: $(weir jobs show @active)"
weir jobs show @active >shown
expect_text "why: the task and its gate" shown "HELD  at 'marker' for"
expect_text "why: one that waits for a service" shown "ASK  for SLOW for"
expect_text "why: one that waits for its turn" shown "BIG (2)  needs 5 cpus"
expect "why: the service is a job" "$(weir jobs list --json | jq -r '[.jobs[] | select(.kind == "service" and .name == "S" and .state == "running")] | length')" 1
kill -INT $pid; wait $pid
expect "why: the service's end" "$(weir jobs list --json | jq -r '[.jobs[] | select(.kind == "service" and .name == "S")][0].state')" succeeded

# 45: without gates nothing of them is there; an empty scope changes nothing.
in_folder 45 <<<"$one_task"
run -with-trace a.tsv; cp out out1
echo 'gates { }' >nextflow.config
rm -rf work .nextflow* ; run -with-trace b.tsv
expect "45: trace columns" "$(head -n 1 a.tsv)" "$(head -n 1 b.tsv)"
expect "45: no folder of gates" "$(find work -name gates)" ""
strip() { sed -E 's/\[[0-9a-f]{2}\/[0-9a-f]{6}\]/[HASH]/; s/`[a-z_]+`/NAME/g; s/[0-9]+(\.[0-9]+)?m?s/TIME/g; s/[0-9a-f]{8}-[0-9a-f-]*/ID/g' "$1"; }
expect "45: what it prints" "$(strip out1 | grep -v -i 'launching\|config')" "$(strip out | grep -v -i 'launching\|config')"
finish
