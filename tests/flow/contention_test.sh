#!/usr/bin/env bash
# Sixteen processes ask for the same 200 files at once: each file is worked on exactly once, everybody gets all
# results, and nobody meets a locked database.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
for i in {1..200}; do
  printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t%d\t.\tA\tC\t.\t.\t.\n1\t5\t.\tA\tC\t.\t.\t.\n' $((i + 9)) >f$i.vcf
done
pids=()
for p in {1..16}; do
  weir preprocess f*.vcf --threads 1 --memory 64M --json >result.$p 2>error.$p & pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || fail "a process ended with status $?"; done
[[ ! -s <(cat error.*) ]] || fail "errors: $(cat error.* | head -n 5)"
expect "jobs" "$(sqlite3 "$WEIR_STATE_DIR/weir.db" "select count(*) || ' ' || sum(state = 'succeeded') || ' ' || sum(attempt) from jobs")" "200 200 200"
expect "results" "$(cat result.* | jq '.files | length' | paste -sd+ | bc)" 3200
expect "made" "$(cat result.* | jq -r '.files[].status' | grep -c made)" 200
expect "answers for one file" "$(cat result.* | jq -r '.files[] | select(.source == "f7.vcf") | .data.sha256' | sort -u | wc -l)" 1
weir cache verify -q || fail "the cache after it"
finish
