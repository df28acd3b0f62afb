75
weir --version >/dev/full
