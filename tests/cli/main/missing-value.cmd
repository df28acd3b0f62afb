2
weir jobs list --log-level
