#!/usr/bin/env bash
# Sorting with less memory than the file needs: the same bytes as in memory, and a kill in the middle of the spill leaves
# no spilled bytes and no part of a result. `WEIR_SPILL_COPIES` makes the file so many times as large (7 MB each).
. "$(dirname "$0")/lib.sh"
copies=${WEIR_SPILL_COPIES:-9}
cd "$scratch" || exit 1

# Shuffled intervals, the same in every run; each copy on contigs of its own, 2 Gb of them in the largest run: the index of a
# genome with records everywhere is in memory, too.
python3 - "$copies" >big.bed <<'P'
import random, sys
random.seed(7)
lines = ["%d\t%d\tname%d\t%s\n" % (p, p + 50, i, "x" * 60) for i, p in enumerate(random.sample(range(10**7), 78_000))]
for copy in range(int(sys.argv[1])):
    contig = "c%d_%%d\t" % (10**6 - copy)
    sys.stdout.write("".join((contig % (i % 3)) + line for i, line in enumerate(lines)))
P
runs() { weir cache ls --json --cache-dir "$1" | jq '[.artifacts[] | select(.kind == "data")] | length'; }
sums() { (cd "$1" && sha256sum -- *); }

# In memory, then with the smallest limit there is.
weir preprocess big.bed --cache-dir c1 --output-dir in-memory --memory 4G --threads 2 >out 2>&1 || fail "in memory: $(cat out)"
python3 - "$WEIR" >peak 2>out <<'P' || fail "with 48M: $(cat out)"
import resource, subprocess, sys
done = subprocess.run([sys.argv[1], "preprocess", "big.bed", "--cache-dir", "c2", "--output-dir", "spilled", "--memory", "48M",
                       "--threads", "2", "--log-level", "debug"], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
P
grep -q spill out || fail "nothing was spilled: $(tail -5 out)"
sums in-memory >wanted; sums spilled >got
expect_same "the result of a spilled sort" wanted got
expect "artifacts in the cache" "$(runs c2)" 1
# Of the machine's memory, within 5 % of the limit: the program itself included (a sanitizer keeps books of its own).
if ! ldd "$WEIR" | grep -qE 'lib[at]san'; then
  [[ $(cat peak) -le $((48 * 1024 * 105 / 100)) ]] || fail "48M became $(cat peak) KiB"
fi
echo "peak with 48M: $(cat peak) KiB for $(stat -c %s big.bed) bytes"

# Killed while it spills: as soon as an unnamed file of it has bytes.
spilled_bytes() {
  local fd total=0
  for fd in /proc/"$1"/fd/*; do
    [[ $(readlink "$fd") == *"(deleted)"* ]] && total=$((total + $(stat -Lc %s "$fd" 2>/dev/null || echo 0)))
  done
  echo "$total"
}
weir preprocess big.bed --cache-dir c3 --output-dir killed --memory 48M --threads 2 >out 2>&1 &
pid=$!
while [[ -e /proc/$pid && $(spilled_bytes $pid) -lt 1000000 ]]; do :; done
kill -9 $pid 2>/dev/null || fail "it ended before it could be killed: $(cat out)"
wait $pid 2>/dev/null
[[ -z $(find c3 -path 'c3/blobs/*' -type f) ]] || fail "a kill left a blob"
[[ ! -e killed || -z $(ls -A killed) ]] || fail "a kill left a result: $(ls -A killed)"
left=$(find c3/tmp -type f -printf '%s\n' | paste -sd+ | bc)
[[ ${left:-0} -lt 1000000 ]] || fail "a kill left $left bytes of scratch"
weir preprocess big.bed --cache-dir c3 --output-dir killed --memory 48M --threads 2 >out 2>&1 || fail "after the kill: $(cat out)"
sums killed >got
expect_same "the result after the kill" wanted got
weir cache gc --cache-dir c3 -q
[[ -z $(find c3/tmp -mindepth 1) ]] || fail "left in the cache's scratch folder: $(find c3/tmp -mindepth 1)"
finish
