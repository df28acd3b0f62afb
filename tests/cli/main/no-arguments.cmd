2
weir
