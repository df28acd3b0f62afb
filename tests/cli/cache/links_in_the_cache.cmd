9
echo one > one
key=$(weir cache put one)
sha=$(sha256sum one | cut -c 1-64)
two=$(printf %.2s $sha)
mkdir outside
mv $WEIR_CACHE_DIR/blobs/$two outside/ && ln -s $PWD/outside/$two $WEIR_CACHE_DIR/blobs/$two
weir cache get $key; echo "status $?"
weir cache put one; echo "status $?"
weir cache rm $key 
