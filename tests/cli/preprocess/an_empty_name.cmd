3
# As of a variable that is not set.
weir preprocess ""
