0
. "$HERE/repository.sh"
new_project lab/demo
echo 'workflow { println "hello" }' >src/lab/demo/main.nf
publish lab/demo one
# A server that answers when it is told to.
mkfifo began never go
cat >ssh <<END
#!/bin/sh
echo x >$PWD/began
read line <"\$GO"
for last; do :; done
exec sh -c "\$(echo "\$last" | sed "s#'#'$PWD/hub/#")"
END
chmod +x ssh
export GIT_SSH_COMMAND="$PWD/ssh" GIT_SSH_VARIANT=simple
GO=never weir pull git@host:lab/demo.git >out 2>&1 &
read line <began
ls -A "$HOME/.nextflow/assets/.repos/lab/demo" | sed 's/^\(\.bare\).*/\1-something/'
kill -9 "$!"
wait "$!" 2>/dev/null
weir list
echo '-- once more'
GO=go weir pull git@host:lab/demo.git >out 2>&1 &
read line <began
echo x >go
wait "$!"
cat out
ls -A "$HOME/.nextflow/assets/.repos/lab/demo"
weir run demo -q
