2
weir jobs list --jsno
