2
weir cache ls --limit 1 --limit 2
