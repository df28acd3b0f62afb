#!/usr/bin/env bash
# Places that change under a run's feet: a launch folder that cannot be written, a work folder that vanishes, two runs in
# one work folder. Each has a message, a status, and nothing half-written. (A full disk: disk_full_test.sh.)
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
cat >main.nf <<'NF'
process P {
    input: val x
    output: path 'x.txt'
    script: "echo $x >> \$RAN; echo $x > x.txt"
}
workflow { P(channel.of(1..20)).map { it.text.trim().toInteger() }.toSortedList().view() }
NF
export RAN=$scratch/ran
all="[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]"

# A launch folder that nobody may write: work elsewhere is fine, work there is refused before anything starts.
mkdir closed && cp main.nf closed/
if [[ $(id -u) -eq 0 ]]; then
  # Root writes anywhere but on a read-only file system.
  run_closed() { unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && shift 0 && exec "$@"' "$scratch/closed" "$@"; }
else
  chmod 555 closed
  run_closed() { (cd closed && "$@"); }
fi
if [[ $(id -u) -ne 0 ]] || unshare -m true 2>/dev/null; then
  : >ran
  run_closed weir run main.nf >out 2>err </dev/null
  status=$?
  [[ $status -ne 0 ]] || fail "a run succeeded in a folder that cannot be written"
  expect_text "read-only launch folder" err "create the folder"
  expect "scripts begun" "$(wc -l <ran)" 0
  run_closed weir run main.nf -w "$scratch/elsewhere" >out 2>err </dev/null || { fail "work elsewhere"; cat err >&2; }
  expect "results with work elsewhere" "$(cat out)" "$all"
else
  echo "skipped: no mount namespace for a read-only folder"
fi
chmod 755 closed 2>/dev/null

# Two runs in one work folder, at once: each has all its results, and neither takes the other's folders.
mkdir one two
cp main.nf one/ && cp main.nf two/
: >ran
(cd one && weir run main.nf -w "$scratch/shared" >out 2>err </dev/null) &
first=$!
(cd two && weir run main.nf -w "$scratch/shared" >out 2>err </dev/null)
expect "second of two: status" $? 0
wait $first
expect "first of two: status" $? 0
expect "first of two" "$(cat one/out)" "$all"
expect "second of two" "$(cat two/out)" "$all"
expect "scripts of both" "$(wc -l <ran)" 40
: >ran
for place in one two; do
  (cd $place && weir run main.nf -w "$scratch/shared" -resume >out 2>err </dev/null) || fail "resumed in $place"
  expect "resumed in $place" "$(cat $place/out)" "$all"
done
expect "scripts run again" "$(wc -l <ran)" 0

# Two runs that resume the same session at once: no folder is shared, both are right.
sed -i 's/echo $x > x.txt/echo $x > x.txt; true/' one/main.nf
cp one/main.nf again.nf
(cd one && weir run main.nf -w "$scratch/shared" -resume --lane a >out 2>err </dev/null) &
first=$!
(cd one && weir run main.nf -w "$scratch/shared" -resume --lane b >out2 2>err2 </dev/null)
second=$?
wait $first
first=$?
# One folder has one run at a time: the later one, whichever it is, may be told so.
case "$first $second" in
  '0 0' | '0 4' | '4 0') ;;
  *) fail "two of one session: $first and $second: $(tail -n 3 one/err one/err2)" ;;
esac

# A work folder that is taken away while tasks run: the run fails with a message, and comes to its end.
cat >vanish.nf <<'NF'
process Q {
    input: val x
    output: path 'x.txt'
    script: "rm -rf '${params.victim}'; echo $x > x.txt"
}
workflow { Q(channel.of(1..4)) }
NF
timeout 60 weir run vanish.nf -w "$scratch/victim" --victim "$scratch/victim" >out 2>err </dev/null
status=$?
[[ $status -ne 0 && $status -ne 124 ]] || fail "a vanished work folder: status $status"
expect_text "a vanished work folder" err "ERROR"
finish
