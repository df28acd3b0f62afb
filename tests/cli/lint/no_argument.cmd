2
weir lint
