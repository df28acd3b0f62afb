0
cat >nextflow.config <<END
process {
    memory = { 2.GB * task.attempt }
    cpus = 2
    withName: 'A.*' { cpus = 4 }
}
docker.enabled = true
params { z = 1; a = 'x' }
profiles { test { params.a = 'y' } }
END
weir config
echo == flat
weir config --flat --sort
echo == properties
weir config --properties --profile test
echo == json
weir config --json
echo == value
weir config --value process.cpus
