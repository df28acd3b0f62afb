#!/usr/bin/env bash
# A run that names no gate is the same as one by a weir that has none (scenario 45, section 3.9 of the specification):
# WEIR_WITHOUT is linked without gates and services. Both run the same pipelines in folders of their own; then what they
# print, their traces, task files, cache keys and the calls by which they make files, processes and threads are compared.
. "$(dirname "$0")/lib.sh"
: "${WEIR_WITHOUT:?the weir linked without gates}"
nm -C "$WEIR_WITHOUT" 2>/dev/null | grep -q 'ServiceLink::read_gates' && fail "the other weir has gates, too"
cd "$scratch" || exit 1
declare -A program=([with]=$WEIR [without]=$WEIR_WITHOUT)

# plain FILE: without what differs from run to run
plain() {
  sed -E -e "s#$scratch/(with|without)#FOLDER#g" -e 's#\b[0-9a-f]{2}/[0-9a-f]{6,30}\b#HASH#g' \
    -e 's/`[a-z_]+` \[[a-z_]+\]/RUN/; s/\[[a-z]+_[a-z]+\]/[NAME]/; s/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/\b[rs][0-9a-f]{11}\b/ID/g' \
    -e 's/[0-9]+(\.[0-9]+)?(ms|s|m|h)\b/TIME/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+/WHEN/g' "$1"
}

# both NAME ARGUMENT...: the pipeline of standard input by both; the same status, texts and files of tasks
both() {
  local name=$1 which; shift
  cat >"$scratch/main.nf"
  for which in with without; do
    mkdir -p "$scratch/$which/$name" && cd "$scratch/$which/$name" || exit 1
    cp "$scratch/main.nf" .
    [[ ! -e $scratch/$name.config ]] || cp "$scratch/$name.config" nextflow.config
    WEIR_STATE_DIR=$scratch/$which/state "${program[$which]}" run main.nf "$@" >out 2>err </dev/null
    echo "status $?" >>out
    { plain out; plain err; } >told
    find . -name '.command.*' -o -name '.exitcode' | sed -E 's#work/../[0-9a-f]+/#TASK/#' | sort >files
    find . -name .command.run -o -name .command.sh | while read -r script; do plain "$script" | md5sum; done | sort >scripts
  done
  cd "$scratch" || exit 1
  for file in told files scripts; do expect_same "$name: $file" "$scratch/with/$name/$file" "$scratch/without/$name/$file"; done
}

# whole_calls FILE: strace cuts a call in two where another thread's came between; which, is chance
whole_calls() {
  awk '/ <unfinished \.\.\.>$/ { sub(/ <unfinished \.\.\.>$/, ""); begun[$1] = $0; next }
    /<\.\.\. [a-z0-9_]+ resumed>/ && $1 in begun { pid = $1; sub(/.* resumed>/, ""); $0 = begun[pid] $0; delete begun[pid] }
    { print } END { for (pid in begun) print begun[pid] }' "$1"
}

# calls FILE: of a trace by strace; what makes or opens files, processes, threads and descriptors
calls() {
  grep -oE '(openat|mkdir|mkdirat|symlink|symlinkat|linkat|rename|unlink|execve|clone3?|vfork|fork|socketpair|socket|pipe2|eventfd2|timerfd_create|inotify_init1|inotify_add_watch|epoll_create1|signalfd4|memfd_create)\(.*' <(whole_calls "$1") |
    sed -E -e "s#$scratch/(with|without)#FOLDER#g; s#tests/flow/without_gates/weir|apps/weir/weir#weir#g" \
      -e 's#/[0-9a-f]{2}/[0-9a-f]{30}#/TASK#g; s#work/[0-9a-f]{2}"#work/TASK"#; s/\.[0-9a-f]{12}\.tmp/.TMP/g; s#/proc/(self/task/)?[0-9]+#/proc/PID#g; s#tsan\.rodata\.[0-9]+#RODATA#' \
      -e 's/\b[rs][0-9a-f]{11}\b/ID/g; s/0x[0-9a-f]+/ADDRESS/g; s/\[[0-9]+, [0-9]+\]/[FDS]/; s/^([a-z0-9_]+\()[0-9]+, /\1N, /' \
      -e 's/, [0-9]+, "/, N, "/g; s/child_tid=.*|parent_tid=.*|stack=.*|child_stack=.*//; s/ <unfinished.*| = .*//; s#/\* [0-9]+ vars \*/#VARS#; s/[ )]+$//' |
    sort | uniq -c | sed -E '/execve|vfork| clone\(/!s/^ *[0-9]+ //'  # how often the rest comes is chance
}

one_at_a_time='executor.cpus = 1
executor.queueSize = 1'

# 3, 4: order of starts, keys, trace, scripts; a task that fails, is tried again and then ignored. It is the last of its
# process: whether the next one starts before or after a failure is heard of is chance.
echo "$one_at_a_time" >order.config
both order -with-trace trace.tsv <<'NF'
process FIRST { fair true
  input: val n
  output: path 'out'
  script: "echo $n > out" }
process SHAKY { fair true
  errorStrategy { task.attempt < 2 ? 'retry' : 'ignore' }
  input: path x
  output: path 'y'
  script: 'grep -v 6 out > y' }
process LAST { publishDir 'results', mode: 'copy'
  input: path 'in*'
  output: path 'all'
  script: 'cat in* | sort > all' }
workflow { LAST(SHAKY(FIRST(channel.of(1..6)).collect().flatten()).collect()) }
NF
for which in with without; do
  cut -f 4,5,6 "$scratch/$which/order/trace.tsv" | sort >"$which.trace"  # ends are heard of in any order
  cat "$scratch/$which/order/results/all" >"$which.result"
  grep -o 'Submitted process > .*' "$scratch/$which/order/err" >"$which.order"
done
expect_same "trace" with.trace without.trace
expect_same "columns of the trace" <(head -n 1 with/order/trace.tsv) <(head -n 1 without/order/trace.tsv)
expect_same "results" with.result without.result
expect_same "order of starts" with.order without.order
expect "started" "$(wc -l <with.order)" 13

# 3: each finds what the other has made, so the keys are the same.
for pair in "with without" "without with"; do
  read -r maker taker <<<"$pair"
  (cd "$scratch/$maker/order" && WEIR_STATE_DIR=$scratch/$maker/state "${program[$taker]}" run main.nf -resume >"$scratch/again" 2>&1)
  expect "$taker takes what $maker made" "$(grep -c 'Cached process' "$scratch/again")" 12
done

# 2: the same refusals, in the same order: of resources, of inputs, of the script.
echo "$one_at_a_time" >large.config
both large <<<'process P { cpus 100000; memory 900.TB
  script: "true" }
workflow { P() }'
both missing <<<'process P { input: path x
  script: "cat $x" }
workflow { P(file("not there")) }'
both undefined <<<'process P { input: val n
  script: "echo ${n.nothing()}" }
workflow { P(channel.of(1, 2)) }'
both status <<<'process P { script: "echo said; exit 7" }
workflow { P() }'
both wrong <<<'process P { script: "true" }
workflow { Q() }'

# 1, 5: the same files, folders, programs, threads and descriptors.
if command -v strace >/dev/null; then
  for which in with without; do
    mkdir -p "$which/calls" && cd "$which/calls" || exit 1
    printf '%s\n' "$one_at_a_time" >nextflow.config
    cp "$scratch/with/order/main.nf" .
    WEIR_STATE_DIR=$scratch/$which/calls-state ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -f -qq -s 300 -o trace "${program[$which]}" run main.nf -q >out 2>&1 </dev/null ||
      fail "under strace: $(cat out)"
    calls trace >"$scratch/$which.calls"
    [[ -s $scratch/$which.calls ]] || fail "nothing was traced"
    cd "$scratch" || exit 1
  done
  expect_same "calls" with.calls without.calls
  grep -q 'weir-gate' with/calls/trace && fail "gates are looked for"
else
  echo "skipped: the calls, strace is not here"
fi
finish
