124
mkfifo go
in_use() {
    : >status; weir serve-service --ready-log up --status-fd 3 "$@" -- sh -c 'echo up; read -r word <go; exit 0' 3>>status &
    until grep -q '"ready"' status; do :; done
    echo >go; wait $!
    echo "status $?" >&2
}
in_use
in_use --on-exit allowZero
weir serve-service --ready-file never -- sh -c 'exit 3'; echo "status $?" >&2
weir serve-service -- ./none; echo "status $?" >&2
weir serve-service --ready-file never --ready-timeout 50ms -- sleep 1000
