11
: > file
weir gate wait file:file -- ./file; echo "$?"
weir gate wait file:file -- ./none
