#!/usr/bin/env bash
# What `weir preprocess` of a file that is in the cache costs, process start included, beside the start
# of `weir --version` and of `true` on the same machine, and beside reading the file's digest again.
set -euo pipefail
: "${WEIR:?the weir binary}"
scratch=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/weir-hit.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export WEIR_STATE_DIR=$scratch/state WEIR_CACHE_DIR=$scratch/cache
cd "$scratch"
{ printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
  awk 'BEGIN { for (i = 200000; i > 0; i--) printf "1\t%d\t.\tA\tC\t.\t.\t.\n", i * 10 }'; } >calls.vcf
touch -d '1 hour ago' calls.vcf
sleep 2.1 # a file that was only just changed is not remembered by its times
"$WEIR" preprocess -q calls.vcf
times=200
# milliseconds COMMAND...: of one call, the median of five hundredfold repetitions
milliseconds() {
  for _ in 1 2 3 4 5; do
    local begin=$EPOCHREALTIME i
    for ((i = 0; i < times; i++)); do "$@" >/dev/null; done
    echo "$begin $EPOCHREALTIME"
  done | awk -v n="$times" '{ print ($2 - $1) * 1000 / n }' | sort -n | sed -n 3p
}
nothing=$(milliseconds /bin/true)
version=$(milliseconds "$WEIR" --version)
hit=$(milliseconds "$WEIR" preprocess -q calls.vcf)
digest=$(milliseconds sha256sum calls.vcf)
awk -v n="$nothing" -v v="$version" -v h="$hit" -v d="$digest" 'BEGIN {
  printf "%-34s %8s  %s\n", "", "ms", "of a cache hit"
  printf "%-34s %8.2f  %.2f\n", "/bin/true", n, n / h
  printf "%-34s %8.2f  %.2f\n", "weir --version", v, v / h
  printf "%-34s %8.2f\n", "weir preprocess, in the cache", h
  printf "%-34s %8.2f  %.2f\n", "sha256sum of the source", d, d / h
  # Single milliseconds; on a loaded machine the start of a process alone can take more.
  if (h > 10 && h > 6 * n) print "MISSED: a cache hit takes more than 10 ms"
}'
