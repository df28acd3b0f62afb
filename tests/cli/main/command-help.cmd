0
weir jobs show --help
