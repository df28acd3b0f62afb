#!/usr/bin/env bash
# The fast codec's bytes on other processors: equal wherever the cache key says that they are, and libdeflate's everywhere.
# Other processors are QEMU's; without qemu-user there is nothing to compare.
. "$(dirname "$0")/lib.sh"
command -v qemu-x86_64 >/dev/null && [[ $(uname -m) == x86_64 ]] ||
    { echo "skipped: needs qemu-x86_64 (Debian: qemu-user)"; rm -rf "$scratch"; exit 77; }
cd "$scratch" || exit 1
vcf=$SOURCE/share/examples/variants/data/na12878_33mb.vcf

# bytes_on PROCESSOR OPTION...: SHA-256 of the artifact as made there ("host": without QEMU)
bytes_on() {
    local processor=$1 folder=$1${2#--}; shift
    local run=(qemu-x86_64 -cpu "$processor" "$WEIR"); [[ $processor == host ]] && run=("$WEIR")
    "${run[@]}" preprocess "$vcf" --output-dir "$folder" --cache-dir "$folder/cache" --state-dir "$folder/state" "$@" >"$folder.log" 2>&1 ||
        { cat "$folder.log" >&2; return 1; }
    sha256sum <"$folder/na12878_33mb.vcf.gz" | cut -c1-64
}

vector=$(bytes_on Nehalem --fast)
expect "ISA-L with AVX2 against SSE 4.2" "$(bytes_on Haswell --fast)" "$vector"
grep -q sse4_2 /proc/cpuinfo && expect "ISA-L here against SSE 4.2" "$(bytes_on host --fast)" "$vector"
base=$(bytes_on qemu64 --fast)
[[ -n $base && $base != "$vector" ]] || fail "ISA-L without vectors gives the same bytes now: its key may forget the path"
expect "libdeflate without vectors against AVX2" "$(bytes_on qemu64 --level 6)" "$(bytes_on Haswell --level 6)"
finish
