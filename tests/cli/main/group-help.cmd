0
weir jobs --help
