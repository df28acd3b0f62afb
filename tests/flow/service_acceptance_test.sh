#!/usr/bin/env bash
# Acceptance scenarios of services and gates (section 5 of the specification; numbers are theirs), as their text has
# them where the other scripts show a part.
. "$(dirname "$0")/lib.sh"
in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 90 weir run main.nf "$@" >out 2>&1 </dev/null; }
gate_program() { { echo '#!/bin/bash'; cat; } >"$1"; chmod +x "$1"; }
server='while :; do sleep 1000 & wait; done'
# column TRACE TASK NAME: a field of the trace
column() { awk -F '\t' -v task="$2" -v name="$3" 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next } $at["name"] == task { print $at[name] }' "$1"; }

# 1: a socket after a while; two consumer processes with three tasks each.
in_folder 1 <<'E2'
process S {
  service true
  output: path 'x.sock'
  script: "exec python3 -c \"import socket,time; time.sleep(0.5); s=socket.socket(socket.AF_UNIX); s.bind('x.sock'); s.listen(); open('$launchDir/order','a').write('bound\\n'); [s.accept() for _ in iter(int,1)]\""
}
process A { input: path sock
                   val n
            script: "[ -S \$(readlink -f $sock) ] && echo task >> $launchDir/order" }
process B { input: path sock
                   val n
            script: "[ -S \$(readlink -f $sock) ] && echo task >> $launchDir/order" }
workflow { S(); A(S.out, channel.of(1, 2, 3)); B(S.out, channel.of(1, 2, 3)) }
E2
echo 'executor.cpus = 4' >nextflow.config
run -with-trace trace.tsv
expect "1: exit status" $? 0
expect "1: the socket, then six tasks" "$(paste -sd, order)" "bound,task,task,task,task,task,task"
expect "1: a server that TERM ended is a success" "$(column trace.tsv S status),$(column trace.tsv S exit)" "COMPLETED,143"
expect "1: nothing left" "$(leftovers)" ""
weir clean -f >cleaned
expect "1: weir clean takes the service's folder, too" "$(find work -mindepth 2 -maxdepth 2 | wc -l)" 0

# 7: without demand no process is started for it.
in_folder 7 <<E2
process S { service true
            output: path 'up'
            script: "echo x > up; $server" }
process ASK { input: path up
                     val n
              when: n > 5
              script: 'true' }
workflow { ASK(S(), channel.of(1, 2)) }
E2
run -with-trace trace.tsv
expect "7: exit status" $? 0
expect "7: the service is in no trace" "$(wc -l <trace.tsv)" 1

# 8: what nobody uses is refused; where that is allowed it is left out.
in_folder 8 <<E2
process S { service true
            output: path 'up'
            script: "touch \$launchDir/ran; $server" }
workflow { S() }
E2
run
expect "8: exit status" $? 2
expect_text "8: the process" out "'S'"
run --allow-idle-services
expect "8: allowed: exit status" $? 0
[[ ! -e ran ]] || fail "8: it was started for nobody"

# 12: two attempts in two directories, both in the trace.
in_folder 12 <<E2
process S {
  service true
  errorStrategy 'retry'
  maxRetries 1
  output: path 'up'
  script: "echo try >> \$launchDir/tries; [ \\\$(wc -l < \$launchDir/tries) -gt 1 ] || exit 5; echo x > up; $server"
}
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
run -with-trace trace.tsv
expect "12: exit status" $? 0
expect "12: both attempts" "$(column trace.tsv S status | paste -sd,)" "FAILED,COMPLETED"
expect "12: two directories" "$(column trace.tsv S hash | sort -u | wc -l)" 2
expect "12: the status of the first" "$(column trace.tsv S exit | head -n 1)" 5

# 14, 15: a death by a signal while three consumers run; its last words.
in_folder 14 <<'E2'
process S {
  service onExit: params.policy
  output: path 'up'
  script: "for i in \$(seq 40); do echo line \$i >&2; done; echo x > up; until [ \$(ls $launchDir | grep -c ^running) = 3 ]; do sleep 0.01; done; kill -SEGV \$\$"
}
process ASK {
  errorStrategy params.strategy
  input: path up
         val n
  script: "touch $launchDir/running-$n; sleep 1000"
}
workflow { ASK(S(), channel.of(1, 2, 3)) }
E2
echo 'executor.cpus = 4' >nextflow.config
run --policy abort --strategy terminate
expect "14: exit status" $? 1
expect_text "14: who and how" out "service 'S' was ended by signal 11 while it was in use"
expect "14: its last 20 lines" "$(grep -c '^  line ' out),$(grep '^  line ' out | sed -n '1p;$p' | tr -s ' ' | paste -sd,)" "20, line 21, line 40"
expect "14: nothing left" "$(leftovers)" ""
rm running-*
run --policy failConsumers --strategy ignore -with-trace trace.tsv
expect "15: exit status" $? 0
expect "15: three ignored failures" "$(grep -c 'ASK.*FAILED' trace.tsv),$(grep -c 'Error is ignored' out)" "3,3"

# 17: the last consumer asks the server to end; no policy is set.
in_folder 17 <<'E2'
process S { service true
            output: path 'up'
            script: "echo x > up; until [ -e $launchDir/end ]; do sleep 0.01; done; touch $launchDir/ended; exit 0" }
process ASK { input: path up
              script: "touch $launchDir/end; until [ -e $launchDir/ended ]; do sleep 0.01; done; sleep 0.2" }
workflow { ASK(S()) }
E2
run
expect "17: exit status" $? 0
[[ $failures -eq 0 ]] || sed 's/^/    /' out | tail -20 >&2
# The same while another task is to come is a loss.
in_folder 17b <<'E2'
process S { service true
            output: path 'up'
            script: "echo x > up; until [ -e $launchDir/end ]; do sleep 0.01; done; exit 0" }
process ASK { maxForks 1
              input: path up
                     val n
              script: "touch $launchDir/end; sleep 1000" }
workflow { ASK(S(), channel.of(1, 2)) }
E2
run
expect "17: with another task to come: exit status" $? 1
expect_text "17: with another task to come" out "ended with status 0 while it was in use"

# 22: another executor is refused before any task.
in_folder 22 <<'E2'
process S { service true
            executor 'slurm'
            output: path 'up'
            script: 'true' }
process ASK { input: path up
              script: 'true' }
process OTHER { script: "touch $launchDir/ran" }
workflow { ASK(S()); OTHER() }
E2
run
expect "22: exit status" $? 2
expect_text "22: the process" out "'S'"
expect_text "22: the executor" out slurm
[[ ! -e ran ]] || fail "22: a task ran"

# 24-27, 38: what will not go. Each is stopped with its last consumer, and the run is a success.
hostile() { # NAME SCRIPT
  in_folder "$1" <<E2
process S { service grace: '400ms'
            output: path 'up'
            script: '''$2''' }
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
  run -with-trace trace.tsv
  expect "$1: exit status" $? 0
  expect "$1: nothing left" "$(leftovers)" ""
}
hostile 24 "trap '' TERM; echo x > up; while :; do sleep 1000; done"
expect_text "24: a warning" out "service 'S' did not stop within its grace and is killed"
expect "24: killed" "$(column trace.tsv S exit)" 137
hostile 25 "(setsid bash -c 'trap \"\" TERM HUP INT; while :; do sleep 1000; done' &) ; until pgrep -s 0 >/dev/null; do :; done; echo x > up; $server"
hostile 26 "echo x > up; sleep 1000; true"
hostile 27 "bash -c 'trap \"\" TERM; while :; do sleep 1000; done' & trap 'exit 0' TERM; echo x > up; while :; do sleep 1000 & wait; done"
hostile 38 "trap '' TERM; for i in \$(seq 200); do (trap '' TERM; setsid sleep 1000) & done; echo x > up; while :; do sleep 1000; done"

# 30: a service that stands still (SIGSTOP) is continued and stopped.
in_folder 30 <<E2
process S { service grace: '20s'
            output: path 'pid'
            script: "trap 'touch \$launchDir/stopped; exit 0' TERM; echo \\\$\\\$ > pid; $server" }
process ASK { input: path pid
              script: 'kill -STOP \$(cat pid)' }
workflow { ASK(S()) }
E2
run
expect "30: exit status" $? 0
[[ -e stopped ]] || fail "30: it was not continued so that it could end by itself"

# 34: a service that closes every descriptor and puts its own in their places; its controller is killed.
in_folder 34 <<E2
process S { service grace: '300ms'
            output: path 'up'
            script: "trap '' TERM; for i in \\\$(seq 3 254); do eval \"exec \\\$i>&-\"; eval \"exec \\\$i</dev/null\"; done 2>/dev/null; echo x > up; $server" }
process ASK { input: path up
              script: "touch \$launchDir/running; sleep 1000" }
workflow { ASK(S()) }
E2
setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 60 weir gate wait "file:$PWD/running" || fail "34: not running: $(cat out)"
kill -9 $pid; wait $pid 2>/dev/null
for _ in $(seq 100); do [[ -z $(leftovers) ]] && break; read -rt 0.05 <> <(:); done
expect "34: nothing left" "$(leftovers)" ""

# 29: what a registry entry names is left alone when its process id belongs to somebody else by now.
sleep 1000 & other=$!
mkdir -p "$WEIR_STATE_DIR/services"
ticks=$(awk '{ print $22 }' "/proc/$other/stat")
printf 'weir-service/1\n%s\ndb\n%s %s %s\n' 0123456789abcdef0123456789abcdef "$other" $((ticks - 1)) "$(cat /proc/sys/kernel/random/boot_id)" \
  >"$WEIR_STATE_DIR/services/0123456789abcdef0123456789abcdef.service"
weir serve-service list >/dev/null
kill -0 "$other" 2>/dev/null || fail "29: a process that took over an id was killed"
kill "$other"; wait "$other" 2>/dev/null

# 60: one start a second; fifty tasks that wait at a gate take none of them from five that do not.
in_folder 60 <<'E2'
process HELD { input: val x
               script: 'true' }
process FREE { hints 'closed/skip': true
               input: val x
               script: "date +%s%3N >> $launchDir/free" }
workflow { HELD(channel.of(1..50)); FREE(channel.of(1..5)) }
E2
echo "executor.submitRateLimit = '5 sec'
gates { closed { type = 'file'; path = '/nowhere' } }" >nextflow.config
timeout 60 weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 20 weir gate wait "command:[ \$(cat $PWD/free 2>/dev/null | wc -l) = 5 ]" --poll 20ms || fail "60: free tasks wait for gated ones: $(cat out)"
kill -INT $pid; wait $pid
[[ $(($(tail -n 1 free) - $(head -n 1 free))) -ge 700 ]] || fail "60: five starts at five a second took $(($(tail -n 1 free) - $(head -n 1 free))) ms"
echo "executor.submitRateLimit = 'often'" >nextflow.config
run; expect "60: no rate: exit status" $? 2

# 64: a line of 100 MB: refused, in bounded memory.
in_folder 64 <<'E2'
process P { script: 'true' }
workflow { P() }
E2
gate_program gate <<<'head -c 100000000 /dev/zero | tr "\0" x; echo; exit 0'
echo "gates { hostile { exec = './gate' } }" >nextflow.config
weir run main.nf >out 2>&1 </dev/null & pid=$!
peak_memory $pid
wait $pid; expect "64: exit status" $? 1
expect_text 64 out "line longer than 1 MiB"
grep -q -a -E '__asan_init|__tsan_init' "$WEIR" || [[ $peak -lt 90000 ]] || fail "64: weir grew to $peak KB"

# 68: a second answer, or one to nobody, is passed over and told at debug level.
in_folder 68 <<'E2'
process P { input: val x
            script: "echo $x >> $launchDir/ran" }
workflow { P(channel.of(1..3)) }
E2
gate_program gate <<'E2'
while read -r line; do
  case $(jq -r .op <<<"$line") in
    hello) echo '{"event":"hello"}' ;;
    prepare)
      req=$(jq -r .req <<<"$line")
      echo "{\"event\":\"ready\",\"req\":\"$req\"}"; echo "{\"event\":\"failed\",\"req\":\"$req\",\"class\":\"permanent\"}"
      echo '{"event":"ready","req":"nobody"}' ;;
  esac
done
E2
echo "gates { twice { exec = './gate'; mode = 'multiplex' } }" >nextflow.config
run
expect "68: exit status" $? 0
expect "68: each ran once" "$(sort ran | paste -sd,)" 1,2,3

# 75: only services run, and a gate is asked: the detector of standstills is silent.
in_folder 75 <<E2
process S { service true
            output: path 'up'
            script: "echo x > up; $server" }
process FIRST { hints 'slow/skip': true
                input: path up
                output: val 1
                script: "touch \$launchDir/used" }
process HELD { input: path up
                      val n
               script: 'true' }
workflow { S(); HELD(S.out, FIRST(S.out)) }
E2
gate_program slow <<<'until [ -e "$FOLDER/used" ]; do sleep 0.01; done; sleep 1.2; exit 0'
echo "process { withName: S { hints = ['slow/skip': true] } }
services.standstillTimeout = '300ms'
gates { slow { exec = './slow' } }" >nextflow.config
FOLDER=$PWD run
expect "75: silent while a gate is asked: exit status" $? 0
[[ $failures -eq 0 ]] || sed 's/^/    /' out | tail -20 >&2

# The gates that weir-gate-protocol(7) shows keep its protocol, and hold tasks back as the page says.
cd "$scratch" || exit 1
page=$SOURCE/man/src/weir-gate-protocol.7.scd
awk '/^#!\/bin\/sh$/ { on = 1; text = "" } /^```$/ { if (on) last = text; on = 0 } on { text = text $0 "\n" } END { printf "%s", last }' "$page" >settled.sh
awk '/^#!\/usr\/bin\/env python3$/ { on = 1 } /^```$/ { on = 0 } on' "$page" >instrument.py
chmod +x settled.sh instrument.py
touch -d '2 hours ago' old; touch new
weir gate test ./settled.sh --input "$PWD/old" >out 2>&1; expect "the page's gate in shell: $(cat out): exit status" $? 0
weir gate test ./instrument.py --multiplex >out 2>&1; expect "the page's gate in multiplex mode: $(cat out): exit status" $? 0
in_folder page <<'E2'
process SETTLED { hints 'instrument/skip': true
                  input: path reads
                  script: "touch $launchDir/ran-$reads" }
process MEASURE { hints 'settled/skip': true
                  input: val n
                  script: """
                  mkdir $launchDir/at/$n; [ \$(ls $launchDir/at | wc -l) -le 2 ] || touch $launchDir/three
                  sleep 0.05; rmdir $launchDir/at/$n; echo $n >> $launchDir/measured
                  """ }
workflow { SETTLED(channel.fromPath(["$launchDir/../old", "$launchDir/../new"])); MEASURE(channel.of(1..6)) }
E2
mkdir at
echo "executor.cpus = 8
gates { settled { exec = '../settled.sh' }
instrument { exec = '../instrument.py'; mode = 'multiplex'; phase = 'admit'; poll = '20ms' } }" >nextflow.config
setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 60 weir gate wait "file:$PWD/ran-old" "command:[ \$(wc -l <$PWD/measured) = 6 ]" \
  "command:weir jobs show @active | grep -q 'an input was changed only just'" --poll 20ms ||
  fail "the page's gates: $(cat out; weir jobs show @active)"
[[ ! -e ran-new ]] || fail "the page's gates: what is new was not held back"
kill -INT $pid; wait $pid
[[ ! -e three ]] || fail "the page's gates: three at the instrument"
finish
