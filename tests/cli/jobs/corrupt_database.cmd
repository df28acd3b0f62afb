10
mkdir -p $WEIR_STATE_DIR
head -c 8192 /dev/zero | tr '\0' x > $WEIR_STATE_DIR/weir.db
weir jobs list
