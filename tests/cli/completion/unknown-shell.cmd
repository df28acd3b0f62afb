2
weir completion tcsh
