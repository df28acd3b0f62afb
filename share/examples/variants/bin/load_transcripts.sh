#!/bin/sh
# load_transcripts.sh BED: Redis commands that store each transcript in a set sorted by its start.
set -eu
awk -F '\t' '{ print "ZADD", "transcripts:" $1, $2, $2 "|" $3 "|" $4 }' "$1"
