#!/usr/bin/env bash
# Bad input in every place: each case gives a message that names the thing, the place and the next step, an exit status of
# its own, a job record in a terminal state, and nothing left running or half-written.
. "$(dirname "$0")/lib.sh"

# refused NAME STATUS TEXT...: runs the script on standard input; each TEXT must be in what it prints
refused() {
  local name=$1 status=$2; shift 2
  mkdir -p "$scratch/$name" && cd "$scratch/$name" || exit 1
  [[ -t 0 ]] || cat >main.nf
  # shellcheck disable=SC2086
  timeout 60 weir run main.nf ${options:-} >out 2>&1 </dev/null
  expect "$name: exit status" $? "$status"
  local text
  for text in "$@"; do expect_text "$name" out "$text"; done
  local active
  active=$(weir jobs list --json | jq -r '[.jobs[] | select(.state | IN("queued", "starting", "running", "cancelling"))] | length')
  expect "$name: jobs still active" "$active" 0
}

last_state() { weir jobs list --json | jq -r '[.jobs[] | select(.kind == "run")] | sort_by(.submitted_at) | last | .state'; }

refused syntax_error 3 'main.nf:2' 'println(1' <<'E2'
workflow {
    println(1
}
E2

refused unknown_process 3 'main.nf:5:5' 'ALING' "ALIGN" <<'E2'
process ALIGN {
    script: 'true'
}
workflow {
    ALING()
}
E2

refused outside_the_language 3 'main.nf:2' 'for' <<'E2'
workflow {
    for (x in [1, 2]) { println x }
}
E2

refused unknown_operator 3 'main.nf:2' 'mapp' "map" <<'E2'
workflow {
    channel.of(1).mapp { it -> it }
}
E2

refused unknown_directive 3 'main.nf:2' 'cpu' 'cpus' <<'E2'
process P {
    cpu 2
    script: 'true'
}
workflow { P() }
E2

refused missing_input 1 'nowhere.txt' <<'E2'
process P {
    input: path x
    output: path 'done'
    script: 'touch done'
}
workflow { P(channel.fromPath('nowhere.txt', checkIfExists: true)) }
E2

refused failing_task 1 "Error executing process > 'P (7)'" 'exit status (42)' 'echo out of memory' 'out of memory' 'Work dir' <<'E2'
process P {
    tag '7'
    script:
    '''
    echo out of memory >&2
    exit 42
    '''
}
workflow { P() }
E2
expect "failing_task: state" "$(last_state)" failed

refused missing_output 1 "Missing output file(s) \`result.txt\` expected by process \`P\`" <<'E2'
process P {
    output: path 'result.txt'
    script: 'touch results.txt'
}
workflow { P() }
E2

refused missing_program 1 'no-such-aligner' '127' <<'E2'
process P {
    script: 'no-such-aligner --help'
}
workflow { P() }
E2

refused service_dies_before_ready 11 'SERVER' 'before' '3' <<'E2'
process SERVER {
    service true
    output: path 'port'
    script: 'exit 3'
}
process USE {
    input: path port
    script: 'true'
}
workflow { USE(SERVER()) }
E2
expect "service_dies_before_ready: state" "$(last_state)" failed

refused service_never_ready 124 'SERVER' 'port' <<'E2'
process SERVER {
    service readyTimeout: '300ms'
    output: path 'port'
    script: 'exec sleep 1000'
}
process USE {
    input: path port
    script: 'true'
}
workflow { USE(SERVER()) }
E2

mkdir -p "$scratch/gate_never_opens"
cat >"$scratch/gate_never_opens/nextflow.config" <<'E2'
gates { file { path = 'never-there' } }
E2
refused gate_never_opens 124 'file' 'never-there' <<'E2'
process P {
    hints 'file/maxWait': '300ms'
    script: 'true'
}
workflow { P() }
E2
expect "gate_never_opens: state" "$(last_state)" failed

options='-w /sys/weir-work' refused unwritable_work_dir 9 '/sys/weir-work' <<'E2'
process P { script: 'true' }
workflow { P() }
E2

mkdir "$scratch/no_script" && cd "$scratch/no_script" || exit 1
weir run nowhere.nf >out 2>&1
expect "no_script: exit status" $? 3
expect_text no_script out nowhere.nf

cd "$scratch" || exit 1
echo 'workflow { println params.x }' >usage.nf
weir run usage.nf --resum >out 2>&1; status=$?
[[ $status -eq 0 || $status -eq 2 ]] || fail "a parameter or a near option: exit status $status"
weir run usage.nf -reusme >out 2>&1
expect "a misspelt option: exit status" $? 2
expect_text "a misspelt option" out resume

# Preprocessing.
data=$SOURCE/share/examples/variants/data
head -c 30000 "$data/gstt1.bam" >cut.bam
weir preprocess cut.bam --output-dir out-cut >out 2>&1
expect "truncated BAM: exit status" $? 3
expect_text "truncated BAM" out cut.bam
expect_text "truncated BAM" out trunc
[[ -z $(ls out-cut 2>/dev/null) ]] || fail "truncated BAM: something was left in the output folder"
expect "truncated BAM: state" "$(weir jobs list --json | jq -r '[.jobs[] | select(.kind == "preprocess")] | sort_by(.submitted_at) | last | .state')" failed

grep -v '^#' "$data/na12878_33mb.vcf" >headerless.vcf
weir preprocess headerless.vcf --output-dir out-headerless >out 2>&1
expect "headerless VCF: exit status" $? 3
expect_text "headerless VCF" out headerless.vcf
expect_text "headerless VCF" out '##fileformat'

weir preprocess nowhere.bam --output-dir out-nowhere >out 2>&1
expect "missing source: exit status" $? 3
expect_text "missing source" out nowhere.bam

weir preprocess "$data/gstt1.bam" --output-dir /sys/weir-out >out 2>&1
expect "unwritable output folder: exit status" $? 9
expect_text "unwritable output folder" out /sys/weir-out

WEIR_STATE_DIR=/sys/weir-state weir jobs list >out 2>&1
status=$?
[[ $status -eq 9 || $status -eq 10 ]] || fail "unwritable state folder: exit status $status"
finish
