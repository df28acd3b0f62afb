#!/bin/sh
# annotate.sh SOCKET VCF.GZ: one line a variant: chromosome, position (1-based), alleles, transcripts or a dot.
set -eu
script='local hits = {}
local candidates = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1] - 1)
for _, candidate in ipairs(candidates) do
  local stop, name = string.match(candidate, "|(%d+)|(.*)$")
  if tonumber(stop) >= tonumber(ARGV[1]) then table.insert(hits, name) end
end
table.sort(hits)
return #hits > 0 and table.concat(hits, ",") or "."'
digest=$(redis-cli -s "$1" script load "$script")
zcat "$2" | grep -v '^#' | cut -f 1,2,4,5 > sites
awk -v digest="$digest" '{ print "EVALSHA", digest, 1, "transcripts:" $1, $2 }' sites | redis-cli -s "$1" > hits
paste sites hits
