0
cat >nextflow.config <<'END2'
wokDir = 'x'
process.cpu = 2
process.ext.any = 2
process { withName: 'P' { memroy = '1 GB' } }
docker.enable = true
dockr { enabled = true }
executor { queueSize = 2; retry { delay = '1s' } }
params.any.thing = 1
env { ANY = 1 }
aws.any.thing = 1
END2
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
weir run main.nf --name first
echo "plugins { id 'nf-schema' }" >>nextflow.config
weir run main.nf --name second
