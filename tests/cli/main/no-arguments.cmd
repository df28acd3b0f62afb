2
weir 2>help; status=$?
head -n 4 help >&2
exit $status
