0
echo 'println params.x' >main.nf
mkfifo pipe
echo 'params.x = 5' >pipe & weir run main.nf -q -c pipe; wait
echo '{"x": 7}' >pipe & weir run main.nf -q -params-file pipe; wait
