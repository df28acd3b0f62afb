#!/bin/sh
# A gate in ten lines: lets a task through once every folder among its inputs holds the marker file that the sequencer
# writes last. Configuration:  gates { marker { exec = "${projectDir}/marker.sh" } }
# The task comes as one JSON object on standard input; statuses: 0 ready, 11 not yet, 75 try again, 78 wrong set-up.
command -v jq >/dev/null || { echo "this gate needs jq" >&2; exit 78; }
marker=${MARKER:-CopyComplete.txt}
for input in $(jq -r '.task.inputs[].uri'); do
  [ ! -d "$input" ] || [ -e "$input/$marker" ] || {
    printf '{"event":"not_ready","message":"%s has no %s yet","retry_after":2}\n' "$input" "$marker"; exit 11; }
done
