7
weir serve-service list
weir serve-service start db --ready-log up -- sh -c 'echo up; echo warn >&2; exec sleep 1000'
weir serve-service start db -- true; echo "status $?"
weir serve-service status db
weir serve-service list --plain | cut -f 1,2
weir serve-service logs db
weir serve-service logs db --stderr
weir serve-service with db -- sh -c 'echo runs; exit 5'; echo "status $?"
weir serve-service start db -- sleep 1000
weir serve-service stop db; echo "status $?"
weir serve-service stop nothing
