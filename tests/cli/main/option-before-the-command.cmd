2
weir -q jobs list
