#!/bin/sh
# Makes the man pages from man/src: `WEIR=path/to/weir man/make.sh [FOLDER]` (default: man).
#
# A page is scdoc source with the text that only a person can write. A line `@@ PART COMMAND` in it
# is replaced by what `weir manual PART COMMAND` prints from the command's option table.
set -eu
source=$(dirname "$0")/src
target=${1-$(dirname "$0")}
: "${WEIR:?names the weir program to ask}"
# The day in the pages' footers, so that the same text gives the same bytes.
export SOURCE_DATE_EPOCH=1795305600

fill() {
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            '@@ '*)
                # shellcheck disable=SC2086 # words of a command line
                "$WEIR" manual ${line#@@ } || return 1
                ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
}

for page in "$source"/*.scd; do
    name=$(basename "$page" .scd)
    fill <"$page" >"$target/.$name.scd" || {
        rm -f "$target/.$name.scd"
        echo "man/make.sh: $page asks for something that weir does not have" >&2
        exit 1
    }
    scdoc <"$target/.$name.scd" >"$target/$name" || {
        echo "man/make.sh: $page is no scdoc text" >&2
        exit 1
    }
    rm -f "$target/.$name.scd"
done
