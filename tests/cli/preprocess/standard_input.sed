s/, [0-9.]+(ms|s)$/, DURATION/
