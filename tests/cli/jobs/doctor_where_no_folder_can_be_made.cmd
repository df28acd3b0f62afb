10
echo >file
weir jobs doctor --state-dir new/folder | grep ^folder
weir jobs doctor --state-dir file/folder >out; status=$?
grep -A1 ^folder out
exit $status
