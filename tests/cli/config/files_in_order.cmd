0
mkdir -p "$HOME/.nextflow" project
echo "params.from = 'user'; params.user = 1" >"$HOME/.nextflow/config"
echo "params.from = 'project'; params.project = 1; process.cpus = 1" >project/nextflow.config
echo 'workflow { }' >project/main.nf
echo "params.from = 'launch'; params.launch = 1; process { memory = 1.GB }" >nextflow.config
echo "params.from = 'first'; params.first = 1" >first.config
echo "params.from = 'second'; process.time = 1.h" >second.config
weir config project --flat --sort
echo == -c
weir config project -c first.config -c second.config --flat --sort
echo == -C
weir config project -C second.config --flat --sort
