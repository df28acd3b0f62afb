#!/bin/sh
# Other people's suites, where they are given: WEIR_UPSTREAM names a checkout of nextflow-io/nextflow, WEIR_CONFORMANCE
# the folder of the drivers upstream-snippets and upstream-checks. What once passed (the list) must pass.
# Usage: conformance.sh snippets|checks WEIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${WEIR_UPSTREAM:-}" ] || [ -z "${WEIR_CONFORMANCE:-}" ]; then
  echo "skipped: WEIR_UPSTREAM and WEIR_CONFORMANCE are not set"
  exit 77
fi
LIST=$here/$1.txt exec "$WEIR_CONFORMANCE/upstream-$1" "$WEIR_UPSTREAM" "$2"
