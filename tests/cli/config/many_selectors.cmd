0
{
    echo 'process {'
    seq 1 20000 | sed 's/.*/    withName: "A&" { ext.number = & }/'
    echo '}'
} >nextflow.config
weir config --json | grep -c withName
echo 'process A777 { debug true; script: "echo ${task.ext.number}" }; workflow { A777() }' >main.nf
weir run -q main.nf 2>&1 | grep -v '^$'
