# shellcheck shell=bash
# Shared by the pipeline tests beside it; sourced. WEIR is the binary under test, SOURCE the repository.
#
# Each test runs in a fresh folder with a state, a cache and a name of its own, and ends with no process of it left:
# WEIR_FLOW_TOKEN is in the environment of all that it starts.
set -u
: "${WEIR:?the weir binary to test}" "${SOURCE:?the repository}"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/weir-flow.XXXXXX")
export PATH=$(dirname "$WEIR"):$PATH WEIR_STATE_DIR=$scratch/state WEIR_CACHE_DIR=$scratch/cache
export WEIR_FLOW_TOKEN=flow-$$-$RANDOM NO_COLOR=1 LC_ALL=C.UTF-8
failures=0

# fail TEXT: notes a failure and goes on, so that one run shows all of them
fail() { failures=$((failures + 1)); echo "FAIL: $*" >&2; }

# expect WHAT GOT WANTED
expect() { [[ "$2" == "$3" ]] || fail "$1: got '$2', expected '$3'"; }

# expect_same WHAT FILE FILE
expect_same() { local difference; difference=$(diff "$2" "$3" 2>&1) || fail "$1: differs: ${difference:0:500}"; }

# expect_text WHAT FILE TEXT: the file holds the text
expect_text() { grep -qF -- "$3" "$2" || { fail "$1: no '$3' in:"; sed 's/^/    /' "$2" | tail -n 25 >&2; }; }

# leftovers: processes that this test's commands left behind
leftovers() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/}; pid=${pid%/environ}
    [[ $pid == "$$" || $pid == "$BASHPID" ]] && continue
    if grep -qzxF "WEIR_FLOW_TOKEN=$WEIR_FLOW_TOKEN" "$environ" 2>/dev/null; then
      [[ $(ps -o ppid= -p "$pid" 2>/dev/null | tr -d ' ') == "$$" ]] && continue
      grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null && continue
      echo "$pid $( { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null)"
    fi
  done
}

# peak_memory PID: waits until it has ended; its largest resident size in KB is in `peak` then
peak_memory() {
  local now
  peak=0
  while [[ -e /proc/$1/status ]]; do
    now=$(awk '/^VmHWM/ { print $2 }' "/proc/$1/status" 2>/dev/null); [[ ${now:-0} -gt $peak ]] && peak=$now
    read -rt 0.02 <> <(:)
  done
}

finish() {
  local left; left=$(leftovers)
  [[ -z $left ]] || fail "processes left: $left"
  if [[ $failures -eq 0 ]]; then rm -rf "$scratch"; echo "passed"; else echo "$failures failures; kept: $scratch" >&2; exit 1; fi
}
