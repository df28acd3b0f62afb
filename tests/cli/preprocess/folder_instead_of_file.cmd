3
mkdir folder
weir preprocess folder
