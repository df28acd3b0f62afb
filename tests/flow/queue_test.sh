#!/usr/bin/env bash
# weir preprocess as a queue: jobs in the background, worked on by several processes, cancelled from outside.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
vcf() { # vcf RECORDS SALT
  printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
  awk -v n="$1" -v s="$2" 'BEGIN { for (i = n; i > 0; i--) printf "1\t%d\t.\tA\tC\t.\t.\t.\n", i * 10 + s }'
}
for i in 1 2 3 4 5 6; do vcf 50 $i >f$i.vcf; done
printf 'no header\n' >bad.vcf

# In the background: an id for each file at once, the results where they were asked for.
weir preprocess --detach f1.vcf f2.vcf f3.vcf --output-dir out --jobs 2 >ids || fail "detach: exit status $?"
expect "ids" "$(wc -l <ids)" 3
mapfile -t ids < <(cut -f 1 ids)
weir jobs wait "${ids[@]}" || fail "the jobs in the background did not end well"
for i in 1 2 3; do
  [[ $(bgzip -dc out/f$i.vcf.gz | grep -vc '^#') -eq 50 ]] || fail "f$i is not where it was to be"
  [[ -s out/f$i.vcf.gz.tbi ]] || fail "f$i has no index"
done
weir preprocess --detach f1.vcf --json --output-dir elsewhere | grep -q '"cached"' || fail "what is there is not delivered at once"
[[ -s elsewhere/f1.vcf.gz ]] || fail "a cached result is not delivered"
weir preprocess --detach nothing.vcf >nothing 2>&1
expect "a file that is not there: exit status" $? 3
weir preprocess --detach bad.vcf >bad.ids || fail "detach of a bad file"
weir jobs wait "$(cut -f 1 bad.ids)" 2>/dev/null
expect "a bad file in the background: exit status of the wait" $? 1
weir preprocess --detach bad.vcf >remembered 2>&1
expect "a file that was refused before: exit status" $? 3
# The process in the background goes when nothing is left.
for pid in $(leftovers | cut -d ' ' -f 1); do tail --pid="$pid" -f /dev/null; done

# Two processes that share the queue: everything is done once.
for i in 4 5 6; do
  flock "$WEIR_STATE_DIR/preprocess-duty.lock" "$WEIR" preprocess --detach f$i.vcf --output-dir out >>more
done
weir preprocess --drain-queue >one & first=$!
weir preprocess --drain-queue --jobs 2 >two & second=$!
wait $first || fail "the first worker"
wait $second || fail "the second worker"
mapfile -t more < <(cut -f 1 more)
weir jobs wait "${more[@]}" || fail "the jobs in the queue did not end well"
for i in 4 5 6; do [[ -s out/f$i.vcf.gz ]] || fail "f$i was not done"; done
expect "attempts of each" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" 'select group_concat(distinct attempt) from jobs')" 1
expect "jobs" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" 'select count(*) from jobs')" 7

# Cancelled by another process while it fetches without an end.
coproc server { exec python3 "$SOURCE/tests/support/http_server.py" "$scratch"; }
server_pid=$server_PID
read -r port <&"${server[0]}"
export WEIR_TEST_LOOPBACK_PORTS=$port
weir preprocess "http://127.0.0.1:$port/endless" >endless 2>&1 & fetcher=$!
id=
for ((i = 0; i < 2000 && ! ${#id}; i++)); do
  id=$(weir jobs list --kind preprocess --plain 2>/dev/null | awk '/endless/ { print $1 }')
done
weir jobs cancel "$id" -q || fail "cancel: exit status $?"
wait $fetcher
expect "a job cancelled by another: exit status" $? 5
expect "its state" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" "select state from jobs where id = '$id'")" cancelled
[[ -z $(ls "$WEIR_CACHE_DIR/tmp") ]] || fail "a cancelled job left its scratch"

# A time limit.
weir preprocess "http://127.0.0.1:$port/endless" --timeout 300ms >late 2>&1
expect "a job that takes too long: exit status" $? 124
expect_text "a job that takes too long" late "[deadline]"
weir preprocess "http://127.0.0.1:$port/endless" --max-source-size 1M >large 2>&1
expect "a source that is too large: exit status" $? 3
eval "exec ${server[1]}>&-"
wait "$server_pid" 2>/dev/null

# On a terminal there is a bar, and nothing of it is left; --quiet says nothing there either.
vcf 400000 0 >large.vcf
cat >terminal.py <<'E'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
try:
    while chunk := os.read(fd, 65536):
        text += chunk
except OSError:
    pass
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
E
TERM=xterm python3 terminal.py "$WEIR" preprocess large.vcf --threads 1 >screen || fail "on a terminal: exit status $?"
grep -qE 'large\.vcf  [a-z]+ .*[0-9]+%.* of .*/s.* left' screen || { fail "no bar on a terminal:"; cat -v screen >&2; }
tail -n 1 screen | grep -q 'records' || fail "the last line on a terminal is not the result"
TERM=xterm python3 terminal.py "$WEIR" preprocess f1.vcf -q >quiet
expect "on a terminal with --quiet" "$(wc -c <quiet)" 0
weir preprocess f2.vcf 2>errors >line
expect "without a terminal: lines" "$(cat errors line | wc -l)" 1
finish
