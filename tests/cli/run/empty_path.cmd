1
# --reads "$UNSET" must not mean the launch folder.
echo 'workflow { channel.fromPath(params.reads).view() }' > main.nf
weir run -q main.nf --reads ''
