#!/usr/bin/env bash
# Services in pipelines: life, failure, resume, and that nothing outlives a killed run.
. "$(dirname "$0")/lib.sh"

# in_folder NAME: a folder of its own with main.nf from standard input
in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 60 weir run main.nf "$@" >out 2>&1 </dev/null; }

# A server in shell: a FIFO for questions, a file that says it is up.
in_folder life <<'E2'
process SERVER {
  service true
  output: path 'up'
  script:
  """
  echo start >> $launchDir/starts
  trap 'echo stop >> $launchDir/starts; exit 0' TERM
  echo here > up
  while :; do sleep 1000 & wait; done
  """
}
process ASK {
  input: path up
         val n
  output: stdout
  script: "cat $up; echo ask >> $launchDir/starts"
}
workflow {
  SERVER()
  ASK(SERVER.out, channel.of(1, 2, 3))
}
E2
run
expect "life: exit status" $? 0
expect "life: started once before, stopped once after its consumers" "$(paste -sd' ' starts)" "start ask ask ask stop"
expect "life: nothing left" "$(leftovers)" ""
run -resume
expect "resume: exit status" $? 0
expect "resume: with all consumers cached the service is not started" "$(grep -c start starts)" 1
rm -rf "$(dirname "$(grep -l 'ask >>' work/*/*/.command.sh | head -n 1)")"
run -resume
expect "resume: one consumer missing starts the service once" "$(grep -c start starts)" 2
expect "resume: only that consumer ran" "$(grep -c ask starts)" 4

in_folder early <<'E2'
process SERVER {
  service true
  output: path 'up'
  script: "echo no licence >&2; exit 0"
}
process ASK { input: path up
              script: "cat $up" }
workflow { SERVER(); ASK(SERVER.out) }
E2
run
expect "early: exit status" $? 11
expect_text "early" out "service 'SERVER' ended with status 0 before it was ready"
expect_text "early" out "no licence"

in_folder never <<'E2'
process SERVER {
  service ready: 'file:never', readyTimeout: '200ms', grace: '200ms'
  output: path 'up'
  script: "trap '' TERM; echo x > up; sleep 1000"
}
process ASK { input: path up
              script: "cat $up" }
workflow { SERVER(); ASK(SERVER.out) }
E2
run
expect "never: exit status" $? 124
expect_text "never" out "not ready in time: 'never' does not exist"
expect "never: nothing left" "$(leftovers)" ""

in_folder crash <<'E2'
process SERVER {
  service true
  output: path 'up'
  script: "echo x > up; while [ ! -e $launchDir/die ]; do sleep 0.01; done; kill -SEGV \$\$"
}
process ASK { input: path up
              script: "touch $launchDir/die; sleep 1000" }
workflow { SERVER(); ASK(SERVER.out) }
E2
run
expect "crash: exit status" $? 1
expect_text "crash" out "service 'SERVER' was ended by signal 11 while it was in use"
expect "crash: nothing left" "$(leftovers)" ""

in_folder ignored <<'E2'
process SERVER {
  service onExit: 'failConsumers'
  output: path 'up'
  script: "echo x > up; while [ ! -e $launchDir/die ]; do sleep 0.01; done; exit 9"
}
process ASK {
  errorStrategy 'ignore'
  input: path up
  script: "touch $launchDir/die; sleep 1000"
}
workflow { SERVER(); ASK(SERVER.out) }
E2
run
expect "failConsumers with ignore: exit status" $? 0
expect "failConsumers: nothing left" "$(leftovers)" ""

in_folder restart <<'E2'
process SERVER {
  service onExit: 'restart'
  output: path 'up'
  script: "echo start >> $launchDir/starts; echo \$(wc -l < $launchDir/starts) > up; while [ ! -e $launchDir/die ]; do sleep 0.01; done; rm $launchDir/die; exit 9"
}
process ASK {
  errorStrategy 'retry'
  input: path up
  output: stdout
  script: "cat $up; if [ \$(cat $up) = 1 ]; then touch $launchDir/die; sleep 1000; fi"
}
workflow { SERVER(); ASK(SERVER.out).view { 'saw ' + it.trim() } }
E2
run
expect "restart: exit status" $? 0
expect_text "restart: the new attempt has the new place" out "saw 2"

in_folder alone <<'E2'
process SERVER {
  service true
  output: path 'up'
  script: "touch $launchDir/ran"
}
workflow { SERVER() }
E2
run
expect "alone: exit status" $? 2
expect_text "alone" out "SERVER"
[[ ! -e ran ]] || fail "alone: the service was started"

in_folder gate <<'E2'
process HOLD {
  hints 'licence/maxWait': '200ms'
  script: "touch $launchDir/ran"
}
workflow { HOLD() }
E2
printf '#!/bin/sh\nexit 11\n' >gate.sh && chmod +x gate.sh
echo "gates { licence { exec = \"\$projectDir/gate.sh\"; poll = '20ms' } }" >nextflow.config
run
expect "gate: exit status" $? 124
expect_text "gate" out "gate 'licence': not ready within maxWait"
[[ ! -e ran ]] || fail "gate: the task was started"
# An open gate has all the time that it wants: the limit above is shorter than a loaded machine's exec.
sed -i 's/200ms/30s/' main.nf
printf '#!/bin/sh\nexit 0\n' >gate.sh
run
expect "gate: open" $? 0
[[ -e ran ]] || fail "gate: the task was not started"

# kill -9 of the controller at moments spread over start, use and stop of a service that ignores TERM and left its session.
in_folder killed <<'E2'
process SERVER {
  service grace: '300ms'
  output: path 'up'
  script: "trap '' TERM; setsid bash -c 'trap \"\" TERM; while :; do sleep 1000; done' & echo x > up; while :; do sleep 1000; done"
}
process ASK { input: path up
                     val n
              script: "cat $up; sleep 0.02" }
workflow { SERVER(); ASK(SERVER.out, channel.of(1..20)) }
E2
for delay in 0.01 0.03 0.05 0.08 0.1 0.13 0.17 0.2 0.25 0.3; do
  rm -rf work
  weir run main.nf >out 2>&1 </dev/null &
  pid=$!
  # The moment is the point of the test: there is no event to wait for.
  sleep "$delay"
  kill -9 "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
  for _ in $(seq 100); do [[ -z $(leftovers) ]] && break; sleep 0.05; done
  expect "killed after $delay s: nothing left" "$(leftovers)" ""
done
finish
