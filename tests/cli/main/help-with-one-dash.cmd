0
weir cache ls -help | head -n 1
weir cache ls -qh | head -n 1
