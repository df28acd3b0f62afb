#!/usr/bin/env bash
# Tasks in real containers: inputs, outputs, environment, secrets, failures and interruption, with podman and an image made
# here. WEIR_SERVICES names the folder with containers-up and containers-down; without it the test is skipped.
. "$(dirname "$0")/lib.sh"
if [[ -z ${WEIR_SERVICES:-} || ! -x ${WEIR_SERVICES:-}/containers-up ]]; then
  echo "skipped: WEIR_SERVICES names no folder with containers-up"; rm -rf "$scratch"; exit 77
fi
if ! "$WEIR_SERVICES/containers-up" "$scratch/containers" >up.log 2>&1; then
  echo "skipped: no containers here: $(tail -n 1 up.log)"; rm -rf "$scratch" up.log; exit 77
fi
rm -f up.log
. "$scratch/containers/env"
mkdir "$scratch/launch" "$scratch/data" && cd "$scratch/launch" || exit 1
printf 'from elsewhere\n' >"$scratch/data/real.txt"
ln -s "$scratch/data/real.txt" link.txt
mkdir bin && printf '#!/bin/sh\necho "tool says $1"\n' >bin/tool && chmod +x bin/tool
cat >main.nf <<'NF'
process ONE {
    container 'weir-test/base:1'
    shell '/bin/sh', '-ue'
    secret 'TOKEN'
    input:
    path x
    env 'GREETING'
    output:
    path 'out.txt'
    script:
    '''
    { cat link.txt; echo "$GREETING $TOKEN $SETTING"; tool hi; [ ! -e /usr/bin/env ] || echo outside; } > out.txt
    '''
}
process TWO {
    container 'weir-test/base:1'
    shell '/bin/sh', '-ue'
    publishDir 'results', mode: 'copy'
    input:
    path x, stageAs: 'a b/in.txt'
    output:
    path 'two.txt'
    script:
    "wc -l < 'a b/in.txt' > two.txt"
}
workflow { TWO(ONE(channel.fromPath('link.txt'), 'good day')) }
NF
printf "podman.enabled = true\nenv.SETTING = \"it's set\"\n" >nextflow.config
export NXF_SECRETS_FILE=$scratch/secrets.json
weir secrets set TOKEN s3cret || fail "secrets set"
weir run main.nf >out 2>err </dev/null || { fail "run"; cat err >&2; }
one=$(weir log last -F "process == 'ONE'")
expect "what the first container wrote" "$(cat "$one/out.txt")" "from elsewhere
good day s3cret it's set
tool says hi"
expect "what the second read" "$(cat results/two.txt)" 3
# The task itself writes it to its output.
written=$(grep -rlF s3cret --include='.command*' --include='.weir*' --include='.exitcode' work) && fail "the secret is in a file of weir's: $written"
expect_text "the command" "$one/.command.run" "podman run -i --cpu-shares 1024"
expect "containers left" "$(podman ps -aq | wc -l)" 0
weir run main.nf -resume >out 2>err </dev/null || fail "resumed"
expect "taken from the first run" "$(grep -c 'Cached process' err)" 2

# The status of what runs inside is the task's.
cat >fails.nf <<'NF'
process P {
    container 'weir-test/base:1'
    shell '/bin/sh', '-ue'
    script: 'echo to stderr >&2; exit 42'
}
workflow { P() }
NF
weir run fails.nf >out 2>err </dev/null && fail "a failing container succeeded"
expect_text "its status" err "terminated with an error exit status (42)"
expect_text "what it said" err "to stderr"

# A run that is interrupted leaves no container behind.
cat >waits.nf <<'NF'
process P {
    container 'weir-test/base:1'
    shell '/bin/sh', '-ue'
    script: 'echo begun > begun; sleep 600'
}
workflow { P() }
NF
for signal in TERM KILL; do
  rm -rf work2
  weir run waits.nf -w work2 >out 2>err </dev/null &
  run=$!
  for _ in {1..600}; do
    compgen -G 'work2/??/*/begun' >/dev/null && break
    read -rt 0.1 <> <(:)
  done
  compgen -G 'work2/??/*/begun' >/dev/null || fail "$signal: the container never began"
  kill -$signal $run
  wait $run 2>/dev/null
  for _ in {1..150}; do
    [[ -z $(podman ps -q) ]] && break
    read -rt 0.1 <> <(:)
  done
  expect "$signal: containers that run" "$(podman ps -q | wc -l)" 0
done
"$WEIR_SERVICES/containers-down" "$scratch/containers" >/dev/null 2>&1
finish
