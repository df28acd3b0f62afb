2
weir serve-service --status-fd 9 -- sleep 100; echo "$?"
weir serve-service --lifeline-fd 9 -- sleep 100; echo "$?"
: > file
weir serve-service --log-dir file/logs -- true
