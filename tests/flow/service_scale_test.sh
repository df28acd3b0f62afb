#!/usr/bin/env bash
# Acceptance scenarios of services and gates at the size of their text (section 5 of the specification; numbers are
# theirs). WEIR_FLOOD_MB: what chatty programs write in 33 and 62; small in the ordinary suite.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 250 weir run main.nf "$@" >out 2>&1 </dev/null; }
gate_program() { { echo '#!/bin/bash'; cat; } >"$1"; chmod +x "$1"; }
server='while :; do sleep 1000 & wait; done'
flood=${WEIR_FLOOD_MB:-100}

# 33: a service that writes without pause never blocks; its log stays under the cap, and says what was left out.
in_folder 33 <<E2
process S { service logCap: '1MB'
            output: path 'up'
            script: "echo first; head -c ${flood}M /dev/zero | tr '\\\\0' x; echo; echo last; echo x > up; $server" }
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
run; expect "33: exit status" $? 0
log=$(grep -l '^first' -r work --include=.command.out | head -n 1)
[[ -n $log ]] || fail "33: no log"
[[ $(stat -c %s "$log") -le 1100000 ]] || fail "33: the log has $(stat -c %s "$log") bytes"
dropped=$(grep -a -o '\[weir: [0-9]* bytes left out' "$log" | tr -dc 0-9)
[[ ${dropped:-0} -ge $(((flood - 2) << 20)) ]] || fail "33: '$dropped' bytes are said to be left out"
expect "33: its end is there" "$(tail -c 5 "$log")" last

# 62: so does a gate, to its standard error; weir keeps little of it.
in_folder 62 <<E2
process P { script: 'true' }
workflow { P() }
E2
gate_program gate <<<"head -c ${flood}M /dev/zero | tr '\\0' x >&2; exit 0"
echo "gates { hostile { exec = './gate' } }" >nextflow.config
weir run main.nf >out 2>&1 </dev/null & pid=$!
peak_memory $pid
wait $pid; expect "62: exit status" $? 0
# Sanitizers keep freed memory and shadow what is used: they are for other faults.
grep -q -a -E '__asan_init|__tsan_init' "$WEIR" || [[ $peak -lt 90000 ]] || fail "62: weir grew to $peak KB"

# 44: kill -9 in the middle: on resume what had finished stays, and nobody gets the dead server's socket.
in_folder 44 <<'E2'
process S {
  service true
  output: path 'x.sock'
  script: "exec python3 -c \"import os,socket; s=socket.socket(socket.AF_UNIX); s.bind('x.sock'); s.listen(); open('$launchDir/servers','a').write(os.getcwd()+chr(10)); [s.accept()[0].sendall(os.getcwd().encode()) for _ in iter(int,1)]\""
}
process ASK {
  input: path sock
         val n
  output: stdout
  script:
  """
  echo $n >> $launchDir/asked
  python3 -c "import os,socket; s=socket.socket(socket.AF_UNIX); s.connect(os.path.realpath('$sock')); print(s.recv(1000).decode())"
  if [ $n = 2 ] && [ ! -e $launchDir/killed ]; then touch $launchDir/second; sleep 1000; fi
  """
}
workflow { ASK(S(), channel.of(1, 2)).view { "server: $it" } }
E2
echo 'executor.cpus = 2' >nextflow.config
setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 60 weir gate wait "file:$PWD/second" || fail "44: the second consumer does not run: $(cat out)"
kill -9 $pid; wait $pid 2>/dev/null
touch killed
timeout 30 weir gate wait "command:! grep -qzxF WEIR_FLOW_TOKEN=$WEIR_FLOW_TOKEN \$(ls -d /proc/[0-9]*/environ | grep -v /\$\$/) 2>/dev/null || true" >/dev/null
old=$(head -n 1 servers)
[[ -S $old/x.sock ]] || fail "44: the dead server's socket is not there: nothing is shown"
run -resume
expect "44: exit status" $? 0
expect "44: the one that had finished did not run again" "$(grep -c 1 asked)" 1
expect "44: the interrupted one ran again" "$(grep -c 2 asked)" 2
expect "44: another server" "$(sort -u servers | wc -l)" 2
expect "44: the second consumer asked the new one" "$(grep -c "server: $(tail -n 1 servers)" out)" 1

# 46: a gate works while its task waits for a cpu: 3 s and 3 s are about 3 s. That the gate is done before the cpu is
# free shows it without a clock; the clock shows the text.
in_folder 46 <<'E2'
process BUSY { hints 'slow/skip': true
               script: "date +%s%3N > $launchDir/begun; until [ -e $launchDir/passed ]; do sleep 0.01; done; date +%s%3N > $launchDir/freed" }
process HELD { script: "date +%s%3N > $launchDir/held" }
workflow { BUSY(); HELD() }
E2
gate_program slow <<<'until [ -e "$FOLDER/begun" ]; do sleep 0.01; done; sleep 3; touch "$FOLDER/passed"'
echo "executor.cpus = 1
gates { slow { exec = './slow' } }" >nextflow.config
FOLDER=$PWD run
expect "46: exit status" $? 0
[[ $(($(cat held) - $(cat begun))) -lt 5500 ]] || fail "46: started after $(($(cat held) - $(cat begun))) ms"
[[ $(cat held) -ge $(cat freed) ]] || fail "46: two tasks on one cpu"

# 67: a multiplex gate that dies with 100 requests open.
in_folder 67 <<'E2'
process P { errorStrategy 'ignore'
            input: val x
            output: val x
            script: 'true' }
workflow { P(channel.of(1..100)).count().view { "$it done" } }
E2
cat >gate <<'E2'
#!/usr/bin/env python3
import json, os, sys
open(os.environ["LOG"], "a").write("start\n")
starts = len(open(os.environ["LOG"]).readlines())
asked = set()
for line in sys.stdin:
    message = json.loads(line)
    if message["op"] == "hello":
        print(json.dumps({"event": "hello"}), flush=True)
    elif message["op"] == "prepare":
        asked.add(message["task"]["name"])
        if starts <= int(os.environ["DEATHS"]):
            if len(asked) == 100:
                open(os.environ["LOG"] + ".full", "a").write("died with 100\n")
                os._exit(1)
            continue
        print(json.dumps({"event": "ready", "req": message["req"]}), flush=True)
E2
chmod +x gate
echo "gates { many { exec = './gate'; mode = 'multiplex' } }" >nextflow.config
LOG=$PWD/log DEATHS=1 run
expect "67: exit status" $? 0
expect_text "67: all complete" out "100 done"
expect "67: started twice" "$(wc -l <log)" 2
expect "67: it died with all of them open" "$(cat log.full)" "died with 100"
rm -rf log log.full work
LOG=$PWD/log DEATHS=9 run -with-trace trace.tsv
expect "67: for ever dying: four starts" "$(wc -l <log)" 4
expect "67: for ever dying: each failed once" "$(grep -c FAILED trace.tsv)" 100
expect "67: for ever dying: one message of its end" "$(grep -c 'for the 4th time' out)" 100
expect_text "67: for ever dying" out "for the 4th time"

# 72: the clock is set back by an hour: time limits go on, a time window is looked at again.
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1)
if [[ -z $faketime ]] || grep -q -a -E '__asan_init|__tsan_init' "$WEIR"; then
  echo "72: no libfaketime here, or a sanitizer that it does not go with: skipped"
else
  export FAKETIME_TIMESTAMP_FILE=$scratch/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
  echo '+0' >"$scratch/clock"
  # back HOURS: the clock of the program that is under way steps
  back() { echo "$1" >"$scratch/clock.new"; mv "$scratch/clock.new" "$scratch/clock"; }
  window="$(date -u -d '-2 hours' +%H:%M)-$(date -u -d '-30 minutes' +%H:%M) UTC"
  LD_PRELOAD=$faketime weir gate wait "window:$window" --poll 50ms --timeout 60s & pid=$!
  LD_PRELOAD=$faketime weir gate check "window:$window" 2>/dev/null
  expect "72: the window is closed" $? 8
  back -1h
  wait $pid; expect "72: open by the new clock" $? 0
  echo '+0' >"$scratch/clock"
  LD_PRELOAD=$faketime weir gate wait "file:$scratch/never" --timeout 1500ms 2>/dev/null & pid=$!
  back -1h
  wait $pid; expect "72: a limit passes all the same" $? 124
  echo '+0' >"$scratch/clock"
  LD_PRELOAD=$faketime weir gate wait "command:[ -e $scratch/later ]" --poll 20ms --timeout 30m & pid=$!
  back +1h
  read -rt 0.5 <> <(:); touch "$scratch/later"
  wait $pid; expect "72: an hour ahead ends no limit" $? 0
fi
finish
