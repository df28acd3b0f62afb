0
weir preprocess --drain-queue --jobs 2 -q; echo "$?"
weir preprocess --drain-queue --format bed; echo "$?"
weir preprocess --drain-queue -o out
ls
