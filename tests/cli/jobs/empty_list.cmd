0
weir jobs list
weir jobs list --json
weir jobs list --plain
