5
echo x >there
weir gate wait file:there -- sh -c 'echo runs'
weir gate wait file:missing --timeout 50ms -- echo never; echo "status $?"
weir gate wait file:missing file:there --any --quiet -- echo either; echo "status $?"
weir gate wait file:there -- ./no-such-program; echo "status $?"
weir gate wait file:there -- sh -c 'exit 5'
