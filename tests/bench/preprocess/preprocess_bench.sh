#!/usr/bin/env bash
# `weir preprocess` beside samtools, bcftools, bedtools and others; see README.md.
#
#   WEIR=build/bench/apps/weir/weir tests/bench/preprocess/preprocess_bench.sh [bam|vcf|bed|gff3|gtf]...
#
# SIZE: of the inputs, 1 as in the specification [0.25]. ROUNDS: [3]. BENCH_DIR: where inputs and
# results go, on a real disk; kept when given [a temporary folder].
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$(dirname "$WEIR")/../.." && pwd)
cmake --build "$build" --target bench_inputs bench_bgzf_floor >/dev/null
folder=${BENCH_DIR-}
if [[ -z $folder ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
for tool in samtools bgzip tabix; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 0; }
done
python3 "$here/bench.py" --weir "$WEIR" --inputs "$build/tests/bench/preprocess/bench_inputs" \
    --floor "$build/tests/bench/preprocess/bench_bgzf_floor" --folder "$folder" \
    --size "${SIZE:-0.25}" --rounds "${ROUNDS:-3}" "$@"
