2
# 08 is no octal number.
weir cache ls --limit 08 >/dev/null && weir cache ls --limit 0x10
