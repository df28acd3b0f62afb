#!/usr/bin/env bash
# repeat_scenarios.sh ROUNDS [SCRIPT...]: the acceptance scenarios of services and gates (76) again and again, while a
# disturber stops processes of theirs, weir's own as well, for random moments. Ends with 1 at the first failure, report
# of a sanitizer, or process left. WEIR and SOURCE as for the scripts; WEIR_TEST_SEED repeats a disturbance.
set -u
: "${WEIR:?the weir binary to test}" "${SOURCE:?the repository}"
rounds=$1; shift
scripts=("$@")
[[ $# -gt 0 ]] || scripts=(services_test.sh service_scenarios_test.sh gates_test.sh)
RANDOM=${WEIR_TEST_SEED:-$$}; echo "seed ${WEIR_TEST_SEED:-$$}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/weir-again.XXXXXX")
export TMPDIR=$folder
for tool in ASAN TSAN UBSAN; do
  variable=${tool}_OPTIONS
  export "$variable=${!variable:-}${!variable:+:}log_path=$folder/report"
done

# ours: ids of the weir processes below this one, and of what runs in the scripts' folders
ours() {
  local name target
  # One program for all processes: they are asked many times a second.
  while IFS=$'\t' read -r name target; do
    [[ $target == *"-> '$folder"/weir-flow.*/* ]] && { name=${name#/proc/}; echo "${name%/cwd}"; }
  done < <(stat --printf '%n\t%N\n' /proc/[0-9]*/cwd 2>/dev/null)
}
disturb() {
  local pids pid
  while :; do
    mapfile -t pids < <(ours)
    if [[ ${#pids[@]} -gt 0 ]]; then
      pid=${pids[RANDOM % ${#pids[@]}]}
      kill -STOP "$pid" 2>/dev/null && { read -rt "0.0$((RANDOM % 50 + 10))" <> <(:); kill -CONT "$pid" 2>/dev/null; }
    fi
    read -rt "0.0$((RANDOM % 90 + 10))" <> <(:)
  done
}

status=0
for ((round = 1; round <= rounds && status == 0; ++round)); do
  for script in "${scripts[@]}"; do
    disturb & disturber=$!
    bash "$SOURCE/tests/flow/$script" >"$folder/log" 2>&1 || status=1
    kill $disturber; wait $disturber 2>/dev/null
    while read -r pid; do kill -CONT "$pid"; done < <(ours)
    reports=$(ls "$folder"/report* 2>/dev/null)
    [[ -z $reports ]] || { cat "$folder"/report*; status=1; }
    if [[ $status -ne 0 ]]; then echo "round $round, $script:" >&2; cat "$folder/log" >&2; break; fi
  done
  [[ $status -ne 0 ]] || echo "round $round of $rounds"
done
[[ $status -eq 0 ]] && { rm -rf "$folder"; echo "$rounds rounds passed"; }
exit $status
