0
weir cache --help | head -5
