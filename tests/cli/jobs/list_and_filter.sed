s/ +/ /g
s/ [0-9]+s ([0-9.]+(ms|s)) / AGE DURATION /
