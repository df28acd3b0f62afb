#!/usr/bin/env bash
# Records anew what an installed Nextflow says of each pipeline in pipelines/, as `weir run --engine nextflow` keeps it:
#
#   WEIR=build/dev/apps/weir/weir WEIR_NEXTFLOW=/path/to/nextflow bash tests/support/nextflow_recordings/record.sh
#
# Names of pipelines may follow; none: all. For each: NAME.log (its log), NAME.out (standard output and error in their order), NAME.status. Names of folders, users
# and machines are replaced.
set -euo pipefail
names=$*
: "${WEIR:?the weir binary}" "${WEIR_NEXTFLOW:?the nextflow program}"
here=$(cd "$(dirname "$0")" && pwd)
weir=$(realpath "$WEIR")
scratch=$(realpath "$(mktemp -d)")
trap 'rm -rf "$scratch"' EXIT
export WEIR_STATE_DIR=$scratch/state NXF_HOME=$scratch/home NXF_OFFLINE=true NO_COLOR=1
mkdir "$scratch/run" "$NXF_HOME"
cp "$here"/pipelines/*.nf "$scratch/run/"
cd "$scratch/run"

# keep NAME ID: what the run left, without the names of this place
keep() {
  local folder=$WEIR_STATE_DIR/runs/$2 plain
  plain=(-e "s|$scratch/state/runs/$2|/state/run|g" -e "s|$scratch/run|/data/run|g" -e "s|$scratch/home|/opt/nextflow|g"
    -e "s|$scratch|/data|g" -e "s|$(dirname "$(realpath "$WEIR_NEXTFLOW")")|/opt|g" -e "s|$HOME|/home/user|g"
    -e "s|$2|r0123456789a|g" -e "s|Process: .*|Process: 4711@host [127.0.0.1]|" -e "s|System: .*|System: Linux|"
    -e "s|\b$(hostname)\b|host|g" -e "s|nextflow/user/$(id -un)|nextflow/user/user|g")
  sed "${plain[@]}" "$folder/nextflow.log" >"$here/$1.log"
  "$weir" jobs logs "$2" --raw | sed "${plain[@]}" >"$here/$1.out"
  jq -r .exit_status "$folder/exit.json" >"$here/$1.status"
  echo "$1: $(wc -l <"$here/$1.log") lines, status $(cat "$here/$1.status")"
}
wanted() { [[ -z $names || " $names " == *" $1 "* ]]; }
last() { "$weir" jobs status --json | jq -r .run.id; }

for name in success failure retry-ignore out-of-memory script-error syntax-error missing-output many; do
  wanted "$name" || continue
  "$weir" run --engine nextflow "$name.nf" >/dev/null 2>&1 || true
  keep "$name" "$(last)"
done
if wanted resume; then
  "$weir" run --engine nextflow resume.nf >/dev/null 2>&1
  "$weir" run --engine nextflow resume.nf --resume >/dev/null 2>&1
  keep resume "$(last)"
fi
# Ended by TERM while one task has ended, two run, and one waits.
if wanted cancel; then
  id=$("$weir" run --engine nextflow cancel.nf --detach)
  log=$WEIR_STATE_DIR/runs/$id/nextflow.log
  until [[ $(grep -cE 'Task completed|Submitted process > WAIT' "$log" 2>/dev/null) -eq 3 ]]; do sleep 0.1; done
  "$weir" jobs cancel "$id" >/dev/null
  keep cancel "$id"
fi
