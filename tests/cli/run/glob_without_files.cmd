1
# What is said of a pattern without files: of an absolute one, the folders before its first wildcard
# are the path.
for pattern in '/*.none' '/usr/no*/x.none' '*.none'; do
    echo "workflow { channel.fromPath('$pattern', checkIfExists: true).view() }" > main.nf
    weir run -q main.nf 2>&1 | grep -o 'No files.*'
done
weir run -q main.nf 2> /dev/null
