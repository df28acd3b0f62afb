2
weir jobs lsit
