#!/usr/bin/env bash
# Runs in hostile surroundings. Scenarios 9, 19, 27, 28, 30, 45, 60 of run-control 8.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
exec_run() { weir run --engine exec "$@"; }
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }

# 9: cancelled, and the next one started at once: the old one's end never touches the new one, each has one `complete`.
# The first run's controller is slowed by a random pause, as if its machine were busy.
rounds=${WEIR_CANCEL_ROUNDS:-12}
for ((round = 0; round < rounds; round++)); do
  old=$(exec_run --detach --grace 0.2s -- sh -c 'echo old; exec sleep 1000')
  owner=$(sqlite3 "$WEIR_STATE_DIR/weir.db" "SELECT owner_pid FROM jobs WHERE id = '$old'")
  # Not in the middle of a transaction, which would be a busy database (29).
  until kill -STOP "$owner" && sqlite3 "$WEIR_STATE_DIR/weir.db" 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null; do
    kill -CONT "$owner"; sleep 0.01
  done
  weir jobs cancel "$old" --no-wait --quiet >/dev/null; expect "9: asked for ($round)" $? 8
  (sleep "0.0$((RANDOM % 10))"; kill -CONT "$owner") &
  while :; do  # as a user would: again until the lane is free
    new=$(exec_run --detach -- sh -c 'echo new' 2>err); status=$?
    [[ $status -eq 4 ]] || break
    sleep 0.01
  done
  expect "9: the new one is let in ($round)" "$status" 0
  weir jobs wait "$new"; expect "9: the new one ($round)" $? 0
  wait
  for id in "$old" "$new"; do
    expect "9: one end of $id ($round)" "$(weir jobs events "$id" | jq -r .type | grep -c '^complete$')" 1
  done
  expect "9: outcomes ($round)" "$(for id in "$old" "$new"; do weir jobs show "$id" --json | jq -r .job.state; done | paste -sd' ')" "cancelled succeeded"
done

# 19: the engine ends well while it is cancelled: one of both, never both.
mkfifo storm
for ((round = 0; round < 10; round++)); do
  id=$(exec_run --detach -- sh -c 'read -r x <storm; exit 0')
  exec 7>storm
  weir jobs cancel "$id" --quiet --timeout 60s >/dev/null & cancel=$!
  [[ $((round % 2)) -eq 0 ]] || until [[ $(weir jobs status "$id" --json | jq -r .run.state) != running ]]; do :; done
  exec 7>&-
  wait $cancel; expect "19: cancel ($round)" $? 0
  weir jobs events "$id" >events
  expect "19: one end ($round)" "$(jq -r .type events | grep -c '^complete$')" 1
  end=$(jq -c 'select(.type == "complete") | .data | [.state, .completed_before_cancel // false, .engine_exit // "none"]' events)
  case $end in
    '["succeeded",false,0]' | '["cancelled",true,0]' | '["cancelled",false,'*) ;;
    *) fail "19: it ended as $end ($round)" ;;
  esac
  expect "19: never back to running ($round)" "$(jq -r '.data.state // empty' events | grep -A9 cancelling | grep -c running)" 0
done

# 27: a state directory as a network file system has it, by a double of the system's calls.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0  # where that is built in
cat >double.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/vfs.h>
static int wants(const char *what) { const char *set = getenv("DOUBLE"); return set && *set == *what; }
static int described(int result, struct statfs *info) { if (wants("nfs") && result == 0) info->f_type = 0x6969; return result; }
int statfs(const char *path, struct statfs *info) {
  int (*real)(const char *, struct statfs *) = (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
  return described(real(path, info), info);
}
int statfs64(const char *path, struct statfs64 *info) { return statfs(path, (struct statfs *)info); }
int flock(int fd, int operation) {
  int (*real)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
  if (wants("locks")) { errno = ENOLCK; return -1; }
  return real(fd, operation);
}
static int control(const char *name, int fd, int command, void *argument) {
  int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, name);
  int is_lock = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
  if (wants("locks") && is_lock) { errno = ENOLCK; return -1; }
  return real(fd, command, argument);
}
int fcntl(int fd, int command, ...) { va_list l; va_start(l, command); void *a = va_arg(l, void *); va_end(l); return control("fcntl", fd, command, a); }
int fcntl64(int fd, int command, ...) { va_list l; va_start(l, command); void *a = va_arg(l, void *); va_end(l); return control("fcntl64", fd, command, a); }
C
if cc -shared -fPIC -O1 -o double.so double.c -ldl 2>err; then
  exec_run --quiet -- true; before=$(weir jobs list --json | jq '.jobs | length')
  sqlite3 "$WEIR_STATE_DIR/weir.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
  for kind in nfs locks; do
    DOUBLE=$kind LD_PRELOAD=$scratch/double.so weir run --engine exec -- touch "$scratch/started-$kind" >out 2>err
    expect "27: $kind: status" $? 10
    expect_text "27: $kind: what to do" err "--state-dir"
    [[ ! -e started-$kind ]] || fail "27: $kind: something was started"
    DOUBLE=$kind LD_PRELOAD=$scratch/double.so weir run --engine exec --state-dir "$scratch/new-$kind" -- true >out 2>err
    expect "27: $kind: a new one" $? 10
  done
  expect "27: nothing was written" "$(weir jobs list --json | jq '.jobs | length')" "$before"
  expect "27: whole" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" 'PRAGMA integrity_check')" ok
else
  echo "27 skipped: no C compiler"
fi

# 28: a state directory that cannot be written: questions are answered, runs are refused.
exec_run --quiet -- echo kept; id=$(weir jobs status --json | jq -r .run.id)
read_only=()
if [[ $(id -u) == 0 ]]; then  # root may write anywhere: as somebody else
  chmod -R go+rX "$scratch"; read_only=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${read_only[@]}" test -x "$WEIR" || { mkdir "$scratch/bin"; cp "$WEIR" "$scratch/bin/weir"; read_only+=(env "PATH=$scratch/bin:$PATH"); }
else
  chmod -R a-w "$WEIR_STATE_DIR"
fi
"${read_only[@]}" weir jobs show "$id" --json >out 2>err; expect "28: show" "$?:$(jq -r .job.state out)" "0:succeeded"
"${read_only[@]}" weir jobs list --json >out 2>err; expect "28: list" $? 0
"${read_only[@]}" weir jobs logs "$id" >out 2>err; expect "28: logs" "$?:$(cat out)" "0:kept"
"${read_only[@]}" weir run --engine exec -- touch "$scratch/started-28" >out 2>err; expect "28: run" $? 9  # not permitted
expect_text "28: which" err "$WEIR_STATE_DIR"
[[ ! -e started-28 ]] || fail "28: something was started"
chmod -R u+w "$WEIR_STATE_DIR"

# 30: a million lines at once: all of them in the file, all of them with a follower, in order, and the end comes last.
id=$(exec_run --detach -- sh -c "while [ ! -e $scratch/million.go ]; do sleep 0.02; done; seq 1000000")
weir jobs logs "$id" -f --raw >followed & lines=$!
weir jobs events "$id" --follow --logs >events & events=$!
touch million.go
wait $lines; expect "30: follower" $? 0
wait $events; expect "30: events" $? 0
seq 1000000 >wanted
cmp wanted "$WEIR_STATE_DIR/runs/$id/stdout.log" || fail "30: the file"
cmp wanted followed || fail "30: what was followed"
expect "30: lines as events" "$(jq -r 'select(.type == "log") | .data.lines[].message' events | cmp - wanted && echo same)" same
expect "30: the end is last" "$(tail -n 1 events | jq -r .type)" complete

# 60: pruned while a slow reader of its log and one of its events are in the middle of it. Files of others, reached by a
# link in the run's folder, stay.
mkdir precious && echo keep >precious/file
ln -s "$scratch/precious" "$WEIR_STATE_DIR/runs/$id/link"; ln -s "$scratch/precious/file" "$WEIR_STATE_DIR/runs/$id/link.log"
mkfifo slow slow.events
weir jobs logs "$id" -f --raw >slow 2>log.err & lines=$!
weir jobs events "$id" --follow --logs >slow.events 2>events.err & events=$!
exec 7<slow 8<slow.events
read -r first <&7; expect "60: the log has begun" "$first" 1
read -r first <&8; expect "60: the events have begun" "$(jq -r .run_id <<<"$first")" "$id"
expect "60: pruned" "$(weir jobs prune --keep 0 | grep -cxF "$id")" 1
(echo 1; cat <&7) >rest & cat <&8 >rest.events
wait $events; status=$?
wait $lines; expect "60: the log's reader" $? 0
exec 7<&- 8<&-
wait
cmp wanted rest || fail "60: what the log's reader had open is read to its end"
if [[ $(tail -n 1 rest.events | jq -r .type) == complete ]]; then
  expect "60: all events were read" $status 0
else
  expect "60: the events' reader" $status 7
  expect_text "60: why it ended" events.err "the record of job $id was removed meanwhile"
fi
cat log.err events.err >said; grep -qiE 'fault|terminate|abort' said && fail "60: $(cat said)"
expect "60: files of others" "$(cat precious/file)" keep
[[ ! -e $WEIR_STATE_DIR/runs/$id ]] || fail "60: the run's folder is still there"
weir jobs logs "$id" >/dev/null 2>err; expect "60: afterwards" $? 7

# 45: in the background of an interactive shell whose terminal stops who writes to it.
cat >terminal.py <<'P'
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
os.write(terminal, b"stty tostop -echo; PS1=\n")
os.write(terminal, b"weir run --engine exec -- sh -c 'echo first; echo second >&2; test -t 0 && echo terminal; exit 3' &\n")
os.write(terminal, b"wait $!; echo status-$? >status; exit\n")
seen = b""
while select.select([terminal], [], [], 20)[0]:
    try:
        seen += os.read(terminal, 65536)
    except OSError:
        break
else:
    print("no end")
sys.stdout.write(seen.decode(errors="replace"))
P
WEIR_STATE_DIR=$scratch/state45 python3 terminal.py >seen; WEIR_STATE_DIR=$scratch/state45 weir jobs status --json >out
expect "45: the outcome" "$(cat status 2>/dev/null):$(jq -r .run.state out)" "status-1:failed"
expect_text "45: what it said" seen first
expect_text "45: what it said, too" seen second
finish
