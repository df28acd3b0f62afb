#!/usr/bin/env bash
# Services in pipelines, the rest of the acceptance scenarios (section 5 of the specification; numbers are theirs).
. "$(dirname "$0")/lib.sh"
in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 90 weir run main.nf "$@" >out 2>&1 </dev/null; }
server='while :; do sleep 1000 & wait; done'

# 2: an endpoint file that is written in two steps.
in_folder 2 <<E2
process S { service endpoint: 'up'
            output: path 'up'
            script: ": > up; sleep 0.5; echo host:1 > up; $server" }
process ASK { input: path up
              output: stdout
              script: 'cat up' }
workflow { ASK(S()).view { 'saw ' + it.trim() } }
E2
run; expect "2: exit status" $? 0
expect_text "2: the whole content" out "saw host:1"

# 4: a server that takes its output away when it is told to stop.
in_folder 4 <<E2
process S { service true
            output: path 'up'
            script: "trap 'rm up; exit 0' TERM; echo x > up; $server" }
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
run; expect "4: exit status" $? 0

# 5: consumers of 1 cpu beside a service of 1 cpu on 2 cpus: one at a time, all finish.
in_folder 5 <<E2
process S { service true
            output: path 'up'
            script: "echo x > up; $server" }
process ASK {
  input: path up
         val n
  script: """
  mkdir \$launchDir/one || echo two >> \$launchDir/overlap
  sleep 0.02; rmdir \$launchDir/one
  """
}
workflow { ASK(S(), channel.of(1..10)) }
E2
echo 'executor.cpus = 2' >nextflow.config
run; expect "5: exit status" $? 0
[[ ! -e overlap ]] || fail "5: two consumers at once beside the service"

# 6: services that use services; stopped in reverse.
in_folder 6 <<E2
process A { service true
            output: path 'a'
            script: "trap 'echo stop A >> \$launchDir/order; exit' TERM; echo start A >> \$launchDir/order; echo x > a; $server" }
process B { service true
            input: path a
            output: path 'b'
            script: "trap 'echo stop B >> \$launchDir/order; exit' TERM; cat a; echo start B >> \$launchDir/order; echo x > b; $server" }
process C { input: path b
            script: "cat b; echo C >> \$launchDir/order" }
workflow { C(B(A())) }
E2
echo 'executor.cpus = 4' >nextflow.config
run; expect "6: exit status" $? 0
expect "6: order" "$(paste -sd, order)" "start A,start B,C,stop B,stop A"

# 7, 9: no demand, no start; a handle that goes through operators.
in_folder 7 <<E2
process S { service true
            output: path 'up'
            script: "touch \$launchDir/ran; echo x > up; $server" }
process ASK { input: path up
                     val n
              when: n > 5
              script: 'true' }
workflow { ASK(S(), channel.of(1, 2)) }
E2
run; expect "7: exit status" $? 0
[[ ! -e ran ]] || fail "7: the service was started for nobody"
in_folder 9 <<E2
process S { service true
            output: path 'up'
            script: "echo x > up; $server" }
process ASK { input: tuple val(n), path(up)
              script: "cat \$up" }
workflow { ASK(channel.of(1, 2).combine(S().map { it }).toList().flatMap { it }) }
E2
run; expect "9: exit status" $? 0

# 8: a service that nobody uses, where that is allowed.
in_folder 8 <<E2
process S { service true
            output: path 'up'
            script: "touch \$launchDir/ran" }
workflow { S() }
E2
echo 'services.allowIdle = true' >nextflow.config
run; expect "8: allowed: exit status" $? 0
[[ ! -e ran ]] || fail "8: the service was started for nobody"

# 10, 37: a socket by a pattern; long paths by way of the short folder.
long=$(printf 'd%.0s' $(seq 150))
in_folder "10/$long" <<E2
process S { service true
            output: path '*.sock'
            script: "python3 -c \"import os,socket,time; p=os.environ['WEIR_SERVICE_DIR']+'/s'; s=socket.socket(socket.AF_UNIX); s.bind(p); s.listen(); os.symlink(p,'x.sock'); time.sleep(1000)\"" }
process ASK { input: path sock
              script: "python3 -c \"import os,socket; s=socket.socket(socket.AF_UNIX); s.connect(os.path.realpath('\$sock'))\"" }
workflow { ASK(S()) }
E2
run; expect "10, 37: exit status" $? 0

# 12: a start that fails once is tried again in another directory.
in_folder 12 <<E2
process S {
  service true
  errorStrategy 'retry'
  maxRetries 1
  output: path 'up'
  script: "pwd >> \$launchDir/tries; [ \\\$(wc -l < \$launchDir/tries) -gt 1 ] || exit 1; echo x > up; $server"
}
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
run; expect "12: exit status" $? 0
expect "12: two directories" "$(sort -u tries | wc -l)" 2

# 16: restart; the interrupted consumer runs again though it may not be retried.
in_folder 16 <<E2
process S {
  service onExit: 'restart'
  output: path 'up'
  script: "echo s >> \$launchDir/starts; wc -l < \$launchDir/starts > up; until [ -e \$launchDir/die ]; do sleep 0.01; done; rm \$launchDir/die; exit 9"
}
process ASK {
  errorStrategy 'terminate'
  input: path up
  output: stdout
  script: "cat up; if [ \\\$(cat up) = 1 ]; then touch \$launchDir/die; sleep 1000; fi"
}
workflow { ASK(S()).view { 'saw ' + it.trim() } }
E2
run; expect "16: exit status" $? 0
expect_text "16: the new epoch" out "saw 2"

# 17: a consumer that asks the server to end.
in_folder 17 <<E2
process S { service onExit: 'allowZero'
            output: path 'up'
            script: "echo x > up; until [ -e \$launchDir/end ]; do sleep 0.01; done; exit 0" }
process ASK { input: path up
              script: "touch \$launchDir/end; sleep 0.2" }
workflow { ASK(S()) }
E2
run; expect "17: exit status" $? 0

# 18, 19: retries and finish keep the service.
in_folder 18 <<E2
process S { service true
            output: path 'up'
            script: "echo s >> \$launchDir/starts; echo x > up; $server" }
process ASK { errorStrategy 'retry'
              maxRetries 3
              input: path up
              script: "exit \${task.attempt < 3 ? 1 : 0}" }
workflow { ASK(S()) }
E2
run; expect "18: exit status" $? 0
expect "18: one start" "$(wc -l <starts)" 1
in_folder 19 <<E2
process S { service true
            output: path 'up'
            script: "trap 'echo stop >> \$launchDir/order; exit' TERM; echo x > up; $server" }
process ASK { errorStrategy 'finish'
              input: path up
                     val n
              script: "if [ \$n = 1 ]; then until [ -e \$launchDir/running ]; do sleep 0.01; done; exit 1; fi; touch \$launchDir/running; sleep 0.5; cat up; echo done >> \$launchDir/order" }
workflow { ASK(S(), channel.of(1, 2)) }
E2
echo 'executor.cpus = 4' >nextflow.config
run; expect "19: exit status" $? 1
expect "19: the one in flight ended before its server" "$(paste -sd, order)" "done,stop"

# 20, 21, 22, 23, 32: refused, and nothing starts.
in_folder 20 <<E2
process S { service true
            cpus 2
            output: path 'up'
            script: "touch \$launchDir/ran" }
process ASK { input: path up
              script: 'true' }
workflow { ASK(S()) }
E2
echo 'executor.cpus = 2' >nextflow.config
run; expect "20: exit status" $? 2
expect_text "20: the sum" out "2 + 1 > 2 cpus"
[[ ! -e ran ]] || fail "20: something was started"
in_folder 21 <<E2
process S1 { service true
             output: path 'a'
             script: 'true' }
process S2 { service true
             output: path 'b'
             script: 'true' }
process ASK { input: path a
                     path b
              script: 'true' }
workflow { ASK(S1(), S2()) }
E2
echo 'executor.cpus = 2' >nextflow.config
run; expect "21: exit status" $? 2
expect_text "21: both" out "service 'S1', service 'S2'"
in_folder 22 <<E2
process S { service true
            executor 'slurm'
            output: path 'up'
            script: 'true' }
process ASK { input: path up
              script: 'true' }
workflow { ASK(S()) }
E2
run; [[ $? -eq 2 || $? -eq 3 ]] || fail "22: exit status"
expect_text 22 out slurm
in_folder 23 <<E2
process S { service true
            input: val n
            output: path 'up'
            script: "echo x > up; $server" }
process ASK { input: path up
              script: 'true' }
workflow { ASK(S(channel.of(1, 2))) }
E2
run; [[ $? -ne 0 ]] || fail "23: two sets of inputs for one service were taken"
expect_text 23 out "more than one set of inputs"
expect "23: nothing left" "$(leftovers)" ""
sed -i "s/service true/service instances: 'each'/; s/echo x > up/echo server \$n > up/; s/script: 'true'/output: stdout\n script: 'cat up'/; s/workflow { ASK(S(channel.of(1, 2))) }/workflow { ASK(S(channel.of(1, 2))).view { 'saw ' + it.trim() } }/" main.nf
echo 'executor.cpus = 4' >nextflow.config
run; expect "instances each: exit status" $? 0
expect "instances each: each has its own" "$(grep -o 'saw server [0-9]' out | sort | paste -sd,)" "saw server 1,saw server 2"
in_folder 32 <<E2
process S { service true
            output: path 'pipe'
            script: "mkfifo pipe; $server" }
process ASK { input: path pipe
                     val n
              script: 'true' }
workflow { ASK(S(), channel.of(1, 2)) }
E2
echo 'executor.cpus = 4' >nextflow.config
run; [[ $? -ne 0 ]] || fail "32: two readers of one FIFO were taken"
expect_text 32 out "FIFO"
sed -i "s/service true/service fifo: 'shared'/" main.nf
run; expect "32, 31: shared: exit status, and nothing blocked on it" $? 0

# 36: the second interrupt ends everything at once.
in_folder 36 <<E2
process S { service grace: '60s'
            output: path 'up'
            script: "trap '' TERM; echo x > up; $server" }
process ASK { input: path up
              script: "touch \$launchDir/running; trap '' TERM; $server" }
workflow { ASK(S()) }
E2
setsid weir run main.nf >out 2>&1 </dev/null & pid=$!
timeout 30 weir gate wait "file:$PWD/running" || fail "36: not running"
kill -INT $pid; read -rt 0.2 <> <(:); kill -INT $pid
wait $pid; expect "36: exit status" $? 130
expect "36: nothing left" "$(leftovers)" ""

# 42, 43: a changed script runs the consumers again; changed probe settings do not.
in_folder 42 <<E2
process S { service poll: '100ms'
            output: path 'up'
            script: "echo x > up; $server" }
process ASK { input: path up
              script: "echo a >> \$launchDir/asks" }
workflow { ASK(S()) }
E2
run; sed -i "s/poll: '100ms'/poll: '50ms', grace: '9s'/" main.nf; run -resume
expect "43: other probe timings run nothing again" "$(wc -l <asks)" 1
sed -i 's/echo x > up/echo y > up/' main.nf; run -resume
expect "42: another service script runs the consumer again" "$(wc -l <asks)" 2

# 74: a consumer in a gate does not start its service.
in_folder 74 <<E2
process S { service true
            output: path 'up'
            script: "date +%s%N > \$launchDir/started; echo x > up; $server" }
process ASK { input: path up
              script: 'cat up' }
workflow { ASK(S()) }
E2
echo "gates { file { path = '$PWD/open' } }
process { withName: S { hints = ['file/skip': true] } }" >nextflow.config
timeout 60 weir run main.nf >out 2>&1 & pid=$!
timeout 20 weir gate wait 'command:weir jobs list --json | jq -e "[.jobs[] | select(.kind == \"run\" and .state == \"running\")] | length > 0"' --poll 20ms
read -rt 0.5 <> <(:)
[[ ! -e started ]] || fail "74: the service started before the gate opened"
touch open; wait $pid; expect "74: exit status" $? 0

# 75: only services run and nothing else can: told, with who holds what.
in_folder 75 <<E2
process S { service true
            output: path 'up'
            script: "echo x > up; $server" }
process ASK { cpus { n + 1 }
              input: path up
                     val n
              script: 'true' }
workflow { ASK(S(), channel.of(1)) }
E2
echo "executor.cpus = 2
services.standstillTimeout = '300ms'" >nextflow.config
run; expect "75: exit status" $? 1
expect_text "75" out "service 'S' holds 1 cpus"
expect_text "75" out "waits for 2 cpus"
expect "75: nothing left" "$(leftovers)" ""
finish
