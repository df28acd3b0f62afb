2
weir rnu main.nf
