2
weir frobnicate
