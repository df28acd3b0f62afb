1
printf "process P {\n    script:\n    '''\n    echo on stdout\n    echo on stderr >&2\n    exit 9\n    '''\n}\nworkflow { P() }\n" > main.nf
weir run main.nf --name calm_river
