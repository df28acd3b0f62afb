9
weir secrets set 'a b' x; echo "status $?" >&2
weir secrets set OK x
weir secrets get NONE; echo "status $?" >&2
weir secrets delete NONE; echo "status $?" >&2
chmod 644 ~/.nextflow/secrets/store.json
weir secrets get OK
