s/, [0-9.]+(ms|s)$/, DURATION/
s/\b[0-9a-f]{16}\b/KEY/g
