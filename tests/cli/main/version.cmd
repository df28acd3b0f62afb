0
weir --version
