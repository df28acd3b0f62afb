#!/usr/bin/env bash
# Named services: start, with, stop, status, list, logs, wait; and that nothing outlives a killed supervisor.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
service() { timeout 60 weir serve-service "$@"; }
cat >server.sh <<'E2'
#!/bin/bash
echo "up at $WEB_PORT"
trap 'echo down; exit 0' TERM
echo ready > "${READY_FILE:?}"
while :; do sleep 1000 & wait; done
E2
chmod +x server.sh
export READY_FILE=$scratch/ready

# start returns when it is ready, the service stays, a second start changes nothing
service start web --port WEB --ready-file "$READY_FILE" -- ./server.sh >out 2>&1
expect "start: exit status" $? 0
[[ -s ready ]] || fail "start returned before the service was ready"
service status web >out; expect "status: ready" $? 0
expect_text "status" out "web: ready"
expect_text "status: its port" out "WEB_PORT="
pid=$(service list --json | jq -r '.services[] | select(.name == "web") | .leader')
service start web >out 2>&1
expect "start again: exit status" $? 0
expect "start again: the same process" "$(service list --json | jq -r '.services[0].leader')" "$pid"
service start web -- ./other.sh >out 2>&1
expect "another program of the same name: exit status" $? 4
timeout 5 weir serve-service wait web --for stopped --timeout 100ms
expect "wait for the end of one that runs: exit status" $? 124

# with: a pinned service survives its users; ports reach them
service with web -- sh -c 'echo "port $WEB_PORT"' >out 2>&1
expect "with: exit status" $? 0
expect "with: the port of the service" "$(cat out)" "port $(service list --json | jq -r '.services[0].environment[] | select(startswith("WEB_PORT="))' | cut -d= -f2)"
service status web >/dev/null; expect "with: a started service stays" $? 0
service with web -- sh -c 'exit 42'; expect "with: the program's status" $? 42

# logs, stop, jobs
expect "logs" "$(service logs web | head -n 1 | cut -c 1-5)" "up at"
expect "weir jobs shows it" "$(weir jobs list --json | jq -r '[.jobs[] | select(.kind == "service" and .name == "web")] | length')" 1
service stop web; expect "stop: exit status" $? 0
expect "stop: nothing left" "$(leftovers)" ""
expect "stop: it ended by its own trap" "$(service logs web | tail -n 1)" down
service status web >/dev/null; expect "status of a stopped one" $? 1
service stop web; expect "stop again: exit status" $? 0
service stop nowhere 2>/dev/null; expect "stop an unknown one: exit status" $? 7
expect "weir jobs: its end" "$(weir jobs list --json | jq -r '[.jobs[] | select(.kind == "service")][0].state')" succeeded

# on demand: the first one in starts it, the last one out stops it
rm -f ready; export COUNT=$scratch/count
printf '#!/bin/bash\necho start >> "$COUNT"\nexec ./server.sh\n' >counted.sh; chmod +x counted.sh
service start lazy --on-demand --port WEB --ready-file "$READY_FILE" -- ./counted.sh
[[ ! -e count ]] || fail "on demand: it was started at once"
mkfifo go
service with lazy -- sh -c 'echo first; read x < go' >first 2>&1 &
first=$!
weir gate wait "file:$scratch/first" --min-size 1 --timeout 20s || fail "on demand: the first user does not run: $(cat first)"
service with lazy -- true; expect "the second user: exit status" $? 0
service status lazy >/dev/null; expect "it stays for the first user" $? 0
echo go >go; wait $first
service wait lazy --for stopped --timeout 20s; expect "the last one out stops it" $? 0
expect "it was started once" "$(wc -l <count)" 1
expect "on demand: nothing left" "$(leftovers)" ""

# The lease is the program's, not weir's: with is killed, the program lives on, and so does the service.
rm -f ready first
setsid weir serve-service with lazy -- sh -c 'echo first; read x < go' >first 2>&1 &
with=$!
weir gate wait "file:$scratch/first" --min-size 1 --timeout 20s || fail "lease: the user does not run"
kill -9 $with; wait $with 2>/dev/null
service status lazy >/dev/null; expect "the lease outlives a killed with" $? 0
echo go >go
service wait lazy --for stopped --timeout 20s; expect "it ends with the program" $? 0

# A supervisor that is killed: its guardian stops the tree.
rm -f ready
service start web --port WEB --ready-file "$READY_FILE" --grace 500ms -- ./server.sh || fail "start after all that"
kill -9 "$(service list --json | jq -r '.services[] | select(.name == "web") | .supervisor')"
pid=$(pgrep -f "$scratch/server.sh" | head -n 1)
for _ in $(seq 200); do [[ -z $(leftovers) ]] && break; read -rt 0.05 <> <(:); done
expect "a killed supervisor: nothing left" "$(leftovers)" ""
expect "a killed supervisor: told" "$(service list --json | jq -r '.services[] | select(.name == "web") | .state')" lost

# Failures tell what happened.
service start bad -- /no/such/program >out 2>&1; expect "no such program: exit status" $? 11
expect_text "no such program" out "/no/such/program"
service start early --ready-file "$scratch/never" -- sh -c 'echo no licence >&2; exit 3' >out 2>&1
expect "ended early: exit status" $? 11
expect_text "ended early" out "ended with status 3 before it was ready"
expect_text "ended early: its output" out "no licence"
service start late --ready-file "$scratch/never" --ready-timeout 200ms -- sleep 1000 >out 2>&1
expect "never ready: exit status" $? 124
service start .. -- true >out 2>&1; expect "no name: exit status" $? 2
service stop --all --remove; expect "stop --all: exit status" $? 0
expect "everything is removed" "$(service list --plain | wc -l)" "$(service list --plain | head -n 1 | wc -l)"
finish
