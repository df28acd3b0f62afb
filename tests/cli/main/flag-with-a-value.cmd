2
weir jobs list --json=false
weir jobs list -q=1
weir jobs list --help=list
weir jobs list -qz
