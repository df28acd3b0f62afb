#!/usr/bin/env bash
# Each exit status of the suite, shown by the commands in exit_statuses.tsv; 75 needs a full disk and has its test there
# (disk_full_test.sh). Every status of the enum has a line.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
export WEIR
number=0
while IFS=$'\t' read -r status command; do
  [[ -z $status || $status == '#'* ]] && continue
  if [[ $status == 9 && $(id -u) != 0 ]]; then echo "skipped: 9 needs root to become somebody else"; continue; fi
  number=$((number + 1)); mkdir "$scratch/$number"; chmod 755 "$scratch" "$scratch/$number"; cd "$scratch/$number" || exit 1
  export WEIR_STATE_DIR=$scratch/$number/state
  # As from a terminal: an interactive shell does not make its background jobs ignore INT.
  timeout 60 python3 -c 'import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(subprocess.call(["bash", "-c", "set -m\n" + sys.argv[1]]))' "$command" >out 2>err </dev/null
  expect "line $number: $command" $? "$status"
done <"$here/exit_statuses.tsv"
for status in $(grep -oP '^\s+\w+ = \K\d+(?=,)' "$SOURCE/lib/base/exit_status.hpp"); do
  [[ $status == 75 ]] || grep -qP "^$status\t" "$here/exit_statuses.tsv" || fail "status $status has no line"
done
finish
