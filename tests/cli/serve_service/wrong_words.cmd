2
weir serve-service; echo "status $?" >&2
weir serve-service --ready-tcp nowhere -- true; echo "status $?" >&2
weir serve-service --ready-log '(' -- true; echo "status $?" >&2
weir serve-service --on-exit retry -- true; echo "status $?" >&2
weir serve-service --stop-signal HUPP -- true; echo "status $?" >&2
weir serve-service start 'a/b' -- true
