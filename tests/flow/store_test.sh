#!/usr/bin/env bash
# The state directory when it is damaged, empty, locked or read-only. Scenarios 25, 28, 29 of run-control 8.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }
damage() { # KIND
  local db=$WEIR_STATE_DIR/weir.db
  case $1 in
    header) printf 'xxxxxxxxxxxxxxxx' | dd of="$db" conv=notrunc 2>/dev/null ;;
    page) head -c 4096 /dev/urandom | dd of="$db" bs=4096 seek=1 conv=notrunc 2>/dev/null ;;
    cut) truncate -s 6000 "$db" ;;
    empty) : >"$db"; rm -f "$db-wal" "$db-shm" ;;
  esac
}
for kind in header page cut empty; do
  export WEIR_STATE_DIR=$scratch/state-$kind
  weir run --engine exec --quiet -- true
  ended=$(weir jobs status --json | jq -r .run.id)
  weir run --engine exec --quiet -- false
  held=$(weir run --engine exec --detach -- sh -c "while [ ! -e $scratch/$kind.go ]; do sleep 0.02; done")
  # Everything into the one file, so that the damage is not hidden by its log.
  python3 -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')" "$WEIR_STATE_DIR/weir.db"
  damage $kind
  weir jobs recover >out 2>err; expect "$kind: recover" $? 10
  expect_text "$kind: the way on" err "--rebuild"
  weir jobs recover --rebuild >out 2>err; expect "$kind: rebuild" $? 0
  expect_text "$kind: nothing is deleted" out "moved aside"
  expect_text "$kind: what was made" out "made anew: the records of 3 jobs that have a folder"
  ls "$WEIR_STATE_DIR"/weir.db.damaged-* >/dev/null 2>&1 || fail "$kind: the damaged file is gone"
  expect "$kind: the ended run" "$(weir jobs show "$ended" --json | jq -r '.job | [.state, .rebuilt] | @csv')" '"succeeded",true'
  expect "$kind: three runs" "$(weir jobs list --json | jq '.jobs | length')" 3
  # The lane is held as long as the first run lives: whoever is let in finds its lock free. A run that can no
  # longer record ends itself, when it notices.
  weir run --engine exec --quiet -- flock -n "$WEIR_STATE_DIR/runs/$held/alive.lock" true 2>err; status=$?
  live=$(weir jobs status "$held" --json | jq -r '.run | .state + " " + (.reason // "")')
  case "$status $live" in "4 running " | "4 failed store_unusable" | "0 failed store_unusable") ;; *) fail "$kind: a second run: $status, the first: $live" ;; esac
  touch "$scratch/$kind.go"
  until_true eval "weir jobs list --state running --json | jq -e '.jobs == []'"
  weir run --engine exec --quiet -- true; expect "$kind: work goes on" $? 0
  weir jobs doctor >/dev/null; expect "$kind: doctor" $? 0
done
# A database taken away: what still runs holds its lane before anybody else can claim it.
export WEIR_STATE_DIR=$scratch/state-gone
held=$(weir run --engine exec --detach -- sh -c "while [ ! -e $scratch/gone.go ]; do sleep 0.02; done")
rm -f "$WEIR_STATE_DIR"/weir.db*
weir run --engine exec -- true 2>err; expect "gone: lane held" $? 4
touch gone.go
# Another process holds a write transaction: the claim waits for it.
export WEIR_STATE_DIR=$scratch/state-busy
weir run --engine exec --quiet -- true
python3 - "$WEIR_STATE_DIR/weir.db" <<'E2' &
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open("holding", "w").close()
time.sleep(1)
db.execute("COMMIT")
E2
until_true test -e holding
weir run --engine exec --quiet -- true; expect "busy database" $? 0
wait
# Read-only: questions are answered, runs are refused.
if [[ $(id -u) != 0 ]]; then
  chmod -R a-w "$WEIR_STATE_DIR"
  weir run --engine exec -- true 2>err; status=$?; [[ $status -eq 9 || $status -eq 10 ]] || fail "read-only: run: $status"
  chmod -R u+w "$WEIR_STATE_DIR"
fi
# Retention: the newest stay, pinned ones too, lost ones unless asked for.
export WEIR_STATE_DIR=$scratch/state-prune
for i in 1 2 3 4; do weir run --engine exec --quiet -- true; done
oldest=$(weir jobs list --json | jq -r '.jobs[-1].id')
weir jobs pin "$oldest"
weir jobs prune --keep 1 --quiet
expect "prune" "$(weir jobs list --json | jq -r '.jobs | length')" 2
[[ -d $WEIR_STATE_DIR/runs/$oldest ]] || fail "prune removed a pinned run"
weir jobs unpin "$oldest"; weir jobs prune --keep 1 --quiet
expect "prune: folders" "$(find "$WEIR_STATE_DIR/runs" -mindepth 1 -maxdepth 1 | wc -l)" 1
finish
