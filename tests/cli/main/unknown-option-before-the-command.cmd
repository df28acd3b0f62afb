2
weir --verison
