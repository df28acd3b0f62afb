3
weir lint no-such.nf
