2
echo x >there; : >empty
weir gate check file:there; echo "status $?"
weir gate check file:missing; echo "status $?"
weir gate check file:empty --min-size 1; echo "status $?"
weir gate check command:'exit 0'; echo "status $?"
weir gate check command:'exit 3'; echo "status $?"
weir gate check exec:false; echo "status $?"
weir gate check exec:./nothing; echo "status $?"
weir gate check file:there file:missing; echo "status $?"
weir gate check semaphore:/proc/none:1; echo "status $?"
weir gate check fil:there
