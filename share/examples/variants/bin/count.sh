#!/bin/sh
# count.sh NAME < TABLE: name, variants, variants in a transcript, different transcripts.
set -eu
awk -F '\t' -v OFS='\t' -v name="$1" '
  $5 != "." { inside++; n = split($5, names, ","); for (i = 1; i <= n; i++) seen[names[i]] = 1 }
  END { hit = 0; for (name_seen in seen) hit++; print name, NR, inside + 0, hit }'
