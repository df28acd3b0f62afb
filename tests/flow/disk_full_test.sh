#!/usr/bin/env bash
# A disk that fills up, in each place that weir writes to: a message, status 75 or the task's own failure, a truthful
# record, nothing half-written; and the same command succeeds once there is room. Needs root for a small tmpfs.
. "$(dirname "$0")/lib.sh"
if ! unshare -m true 2>/dev/null; then echo "skipped: needs root to mount a small tmpfs"; rm -rf "$scratch"; exit 77; fi
if [[ -z ${WEIR_FLOW_INSIDE:-} ]]; then rm -rf "$scratch"; WEIR_FLOW_INSIDE=1 exec unshare -m "$BASH" "$0"; fi
small=$scratch/small; mkdir "$small" && mount -t tmpfs -o size=2m none "$small" || exit 1
data=$SOURCE/share/examples/variants/data
fill() { dd if=/dev/zero of="$small/filler" bs=4k 2>/dev/null; }
cd "$scratch" || exit 1

# The output folder of preprocess.
fill
weir preprocess "$data/gstt1.bam" --output-dir "$small/out" >out 2>&1
expect "preprocess, full output folder: exit status" $? 75
expect_text "preprocess, full output folder" out "No space left on device"
[[ -z $(find "$small" -name 'gstt1*') ]] || fail "preprocess left a part of its result"
rm "$small/filler"
weir preprocess "$data/gstt1.bam" --output-dir "$small/out" >out 2>&1 || fail "preprocess does not recover: $(cat out)"
samtools quickcheck "$small/out/gstt1.bam" || fail "the result after recovery"
rm -rf "$small/out"

# The cache.
fill
weir preprocess "$data/pairs.bam" --cache-dir "$small/cache" --output-dir out-pairs >out 2>&1
status=$?
[[ $status -eq 75 ]] || fail "preprocess, full cache: exit status $status: $(cat out)"
rm "$small/filler"
weir preprocess "$data/pairs.bam" --cache-dir "$small/cache" --output-dir out-pairs >out 2>&1 || fail "full cache: does not recover: $(cat out)"
samtools quickcheck out-pairs/pairs.bam || fail "the result after the cache had room"
rm -rf "$small/cache"

# The cache again: what was not used for longest makes room, but nothing that is pinned.
seq 1 60000 | awk '{ print "c\t" $1 * 7919 % 60001 "\t70000\t" $1 * 31 % 977 }' >old.bed
sed 's/^c/d/' old.bed >new.bed
weir preprocess old.bed --cache-dir "$small/cache" >out 2>&1 || fail "first artifact: $(cat out)"
dd if=/dev/zero of="$small/filler" bs=1k count=$(($(df -k --output=avail "$small" | tail -1) - 150)) 2>/dev/null
key=$(weir cache ls --cache-dir "$small/cache" --json | jq -r '.artifacts[] | select(.kind == "data" and .source.name == "old.bed") | .key')
weir cache pin "$key" --cache-dir "$small/cache" >/dev/null
weir preprocess new.bed --cache-dir "$small/cache" >out 2>&1
expect "full cache, all of it pinned: exit status" $? 75
expect_text "full cache, all of it pinned" out "[scratch_full]"
weir cache unpin "$key" --cache-dir "$small/cache" >/dev/null
weir preprocess new.bed --cache-dir "$small/cache" >out 2>&1 || fail "a full cache makes no room: $(cat out)"
names=$(weir cache ls --cache-dir "$small/cache" --json | jq -r '.artifacts[] | select(.kind == "data" and (.source.name | test("bed$"))) | .source.name')
expect "what a full cache keeps" "$names" new.bed
rm -rf "$small/cache" "$small/filler"

# Spilled runs of a sort; with room, the same command succeeds.
mount -o remount,size=30m "$small"
python3 - >big.bed <<'P'
import random
random.seed(3)
for place in random.sample(range(10**8), 600_000):
    print("c", place, place + 9, "%070x" % random.getrandbits(280), sep="\t")
P
weir preprocess big.bed --cache-dir "$small/cache" --output-dir out-big --memory 48M >out 2>&1
expect "full scratch: exit status" $? 75
expect_text "full scratch" out "[scratch_full]"
[[ -z $(find "$small/cache/tmp" "$small/cache/blobs" -type f) && -z $(ls -A out-big) ]] || fail "a full scratch left something"
mount -o remount,size=300m "$small"
weir preprocess big.bed --cache-dir "$small/cache" --output-dir out-big --memory 48M >out 2>&1 || fail "full scratch: does not recover: $(cat out)"
expect "records after a full scratch" "$(gzip -dc out-big/big.bed.gz | wc -l)" 600000
rm -rf "$small/cache"
mount -o remount,size=2m "$small"

# The work directory of a run.
cat >full.nf <<'E2'
process P {
    output: path 'big'
    script: 'head -c 1000000 /dev/zero > big'
}
workflow { P() }
E2
fill
timeout 60 weir run full.nf -w "$small/work" >out 2>&1
status=$?
[[ $status -eq 75 || $status -eq 1 ]] || fail "full work directory: exit status $status"
expect_text "full work directory" out "No space left on device"
rm "$small/filler"
weir run full.nf -w "$small/work" -resume >out 2>&1 || fail "full work directory: does not recover: $(cat out)"

# The same beside a service (39 of the scenarios of services): told, and the service is stopped.
cat >served.nf <<'E2'
process S { service true
            output: path 'up'
            script: "trap 'touch $launchDir/server-ended; exit' TERM; echo x > up; while :; do sleep 1000 & wait; done" }
process P { input: path up
            output: path 'big'
            script: 'head -c 3000000 /dev/zero > big' }
workflow { P(S()) }
E2
rm -rf "$small/work"
timeout 60 weir run served.nf -w "$small/work" >out 2>&1
expect "full work directory beside a service: exit status" $? 1
expect_text "full work directory beside a service" out "No space left on device"
[[ -e server-ended ]] || fail "full work directory: the service was not stopped"
rm -rf "$small/work"

# The state directory.
fill
timeout 60 weir run full.nf --state-dir "$small/state" >out 2>&1
status=$?
[[ $status -eq 75 || $status -eq 10 ]] || fail "full state directory: exit status $status: $(cat out)"
rm "$small/filler"
weir run full.nf --state-dir "$small/state" >out 2>&1 || fail "full state directory: does not recover: $(cat out)"
umount "$small"
finish
