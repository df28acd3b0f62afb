0
weir cache ls -help | head -n 1
