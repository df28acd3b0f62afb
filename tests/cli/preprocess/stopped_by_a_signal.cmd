143
mkfifo pipe
exec 3<>pipe
weir preprocess - <pipe &
until ls "$WEIR_CACHE_DIR"/tmp/w*.lock; do :; done >out 2>&1
kill -TERM $!
wait $!
