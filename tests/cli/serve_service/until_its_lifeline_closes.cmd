0
mkfifo life; : >status
weir serve-service --ready-log 'up' --status-fd 3 --lifeline-fd 4 --log-dir logs -- sh -c 'echo up; exec sleep 1000' 3>status 4<life &
exec 5>life
until grep -q '"ready"' status; do :; done
exec 5>&-
wait $!
echo "status $?"
grep -o '"event":"[a-z]*"' status
cat logs/stdout.log
