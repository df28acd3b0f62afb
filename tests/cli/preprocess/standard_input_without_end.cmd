124
mkfifo pipe
sleep 1000 >pipe & holder=$!
weir preprocess - <pipe 2>interrupted & work=$!
until [ -d "$WEIR_CACHE_DIR/tmp" ] && [ -n "$(ls "$WEIR_CACHE_DIR/tmp")" ]; do :; done
kill -TERM $work; wait $work; echo "interrupted: $?"
weir preprocess - --timeout 100ms <pipe; status=$?
kill $holder
exit $status
