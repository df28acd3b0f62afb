#!/usr/bin/env bash
# Runs whose surroundings change under them: the clock steps, the disk fills up, their folder goes, their container is
# another one, or gone. Scenarios 17, 21 to 23 of run-control 8.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }
field() { weir jobs show "$1" --json | jq -r ".job.$2"; }
# hold NAME: a command that says `NAME begins` and ends when the file NAME.go appears
hold() { printf 'echo %s begins; while [ ! -e %s/%s.go ]; do sleep 0.02; done; echo %s ends' "$1" "$scratch" "$1" "$1"; }

# 21, 22: the wall clock steps by days while a run goes on.
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1)
if [[ -z $faketime ]] || grep -q -a -E '__asan_init|__tsan_init' "$WEIR"; then
  echo "21, 22: no libfaketime here, or a sanitizer that it does not go with: skipped"
else
  step() { echo "$1" >"$scratch/clock.new"; mv "$scratch/clock.new" "$scratch/clock"; }
  stepped=(env "LD_PRELOAD=$faketime" "FAKETIME_TIMESTAMP_FILE=$scratch/clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1)
  for jump in +3d -2h; do
    step +0; : >said; rm -f clock.go
    "${stepped[@]}" weir run --engine exec --timeout 1h -- sh -c "unset LD_PRELOAD; $(hold clock)" >said 2>err & run=$!
    until_true grep -q begins said
    step $jump
    "${stepped[@]}" weir jobs list --json >list; expect "clock $jump: seen as active" "$(jq -r '.jobs[0].state' list)" running
    touch clock.go; wait $run; expect "clock $jump: no limit passed" $? 0
    "${stepped[@]}" weir jobs show @last --json >shown
    expect "clock $jump: right to some seconds" "$(jq '.job | .duration_seconds < 60 and (.finished_at >= .started_at)' shown)" true
    expect "clock $jump: events in order" "$(jq -c '[.events[].seq] | . == [range(1; length + 1)]' shown)" true
    step +0
    expect "clock $jump: nothing is purged" "$(weir run --engine exec --quiet -- true; weir jobs list --json | jq '[.jobs[] | select(.state == "succeeded")] | length >= 2')" true
  done
fi

# A folder that is removed under a native run: it ends as it ends, and is recorded. Its first word comes before that, or
# after.
mkdir removed; cd removed || exit 1
printf 'process P { output: stdout; script: "echo in; while [ ! -e %s/removed.go ]; do sleep 0.02; done" }\nworkflow { P().view() }\n' "$scratch" >main.nf
for quiet in "" --quiet; do
  rm -rf work ../removed.go
  weir run main.nf --detach $quiet >id; until_true grep -rq in work --include=.command.out
  [[ -n $quiet ]] || until_true [ -e "$WEIR_STATE_DIR/runs/$(cat id)/order.log" ]
  rm -rf "$WEIR_STATE_DIR/runs/$(cat id)"
  touch ../removed.go; weir jobs wait "$(cat id)"; status=$?
  [[ $status -eq 0 || $status -eq 6 ]] || fail "folder removed $quiet: status $status"
  expect "folder removed $quiet: nothing active" "$(weir jobs list --state running,starting,cancelling --json | jq '.jobs | length')" 0
  weir run --engine exec --quiet -- true; expect "folder removed $quiet: the lane is free" $? 0
done
cd ..

if [[ $(id -u) != 0 ]] || ! unshare -pfm true 2>/dev/null; then
  echo "17, 23: need root for name spaces: skipped"; finish
fi
# A run in another container is judged by its lock alone, can be cancelled from here, and is not taken for dead.
inside=(unshare --pid --fork --mount-proc --kill-child)
: >said1; "${inside[@]}" weir run --engine exec -- sh -c "$(hold box)" >said1 2>err & box=$!
until_true grep -q begins said1; id=$(weir jobs list --json | jq -r '.jobs[0].id')
weir jobs recover >out; expect "container: nothing to recover" "$?:$(cat out)" "0:"
expect "container: runs" "$(field "$id" state)" running
weir run --engine exec -- true 2>err2; expect "container: its lane is busy" $? 4
weir jobs recover --force-release "$id" 2>err2; expect "container: alive, not to be released" $? 4
weir jobs cancel "$id" >/dev/null; expect "container: cancelled from here" "$?:$(field "$id" state)" 0:cancelled
wait $box; expect "container: its command" $? 5
# The container is killed: nothing holds the lock, so the run is lost.
: >said2; "${inside[@]}" weir run --engine exec -- sh -c "$(hold gone)" >said2 2>err & box=$!
until_true grep -q begins said2; id=$(weir jobs list --json | jq -r '.jobs[0].id')
kill -KILL $box; wait $box 2>/dev/null
until_true eval "[[ \$(weir jobs show $id --json | jq -r .job.state) == lost ]]"
weir run --engine exec --quiet -- true; expect "container killed: the lane is free" $? 0
# Killed between its claim and its lock: from here nobody can tell, so it holds its lane until a person says so.
if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
  for ((n = 1; n < 40; n++)); do
    ASAN_OPTIONS=detect_leaks=0 "${inside[@]}" strace -f -qq -o /dev/null -e trace=mkdir -e inject=mkdir:signal=KILL:when=$n weir run --engine exec --quiet -- true >/dev/null 2>&1
    [[ $? -ne 0 ]] || break
    [[ $(weir jobs list --json | jq -r '.jobs[0].state') != starting ]] || break
  done
  id=$(weir jobs list --json | jq -r '.jobs[0].id')
  expect "container, no lock yet: left alone" "$(field "$id" state)" starting
  weir run --engine exec -- true 2>err; expect "container, no lock yet: the lane is held" $? 4
  weir jobs recover --force-release "$id" >out; expect_text "container, no lock yet: released" out "released by hand"
  expect "container, no lock yet: noted" "$(weir jobs history --audit --json | jq -r '.audit[0].action')" force-release
  weir run --engine exec --quiet -- true; expect "container, no lock yet: the lane is free" $? 0
else
  echo "killed between claim and lock: no strace: skipped"
fi

# 23: the disk of the state directory fills up while a run goes on: its end is recorded all the same.
cat >full.sh <<'F'
small=$1; mount -t tmpfs -o size=4m none "$small" || exit 99
export WEIR_STATE_DIR=$small/state
: >said; weir run --engine exec -- sh -c 'echo begins; while [ ! -e go ]; do sleep 0.02; done; echo ends >ended' >said 2>err & run=$!
until grep -q begins said; do sleep 0.02; done
dd if=/dev/zero of="$small/filler" bs=4k 2>/dev/null; dd if=/dev/zero of="$small/filler2" bs=1 2>/dev/null
touch go; wait $run; echo "status $?"
[ -e "$(echo "$small"/state/runs/*/exit.json)" ] && echo "exit record"
weir jobs list --json | jq -r '.jobs[0].state'
# Until the reserve is made again the next one may find room; with none at all nothing is started.
dd if=/dev/zero of="$small/filler3" bs=4k 2>/dev/null; dd if=/dev/zero of="$small/filler4" bs=1 2>/dev/null
weir run --engine exec -- touch started 2>err2; s=$?; [ $s -eq 10 ] && s=75; echo "next $s"; [ -e started ] && echo started
rm "$small"/filler*
weir run --engine exec --quiet -- true; echo "later $?"
weir jobs list --json | jq -r '[.jobs[].state] | unique | join(" ")'
sqlite3 "$small/state/weir.db" 'PRAGMA integrity_check'
umount "$small"
F
mkdir small disk; (cd disk && unshare -m bash ../full.sh "$scratch/small") >out 2>&1
expect "23: all of it" "$(grep -vE '^(exit record$|\+ )' out | paste -sd,)" "status 0,succeeded,next 75,later 0,succeeded,ok"
finish
