10
weir jobs list
sqlite3 $WEIR_STATE_DIR/weir.db "UPDATE modules SET version = 999 WHERE name = 'jobs'"
weir jobs list
