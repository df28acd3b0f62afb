2
weir jobs
