s/\b[0-9a-f]{16}\b/KEY/g
s/ +/ /g
