0
mkdir sub
cat >nextflow.config <<'END'
params.kind = 'b'
includeConfig params.kind == 'b' ? 'sub/b.config' : 'sub/a.config'
includeConfig({ params.none ? 'none.config' : '/dev/null' }())
profiles {
    standard { params.profile = 'standard' }
    one { params.profile = 'one'; process.cpus = 1 }
    two { params.profile = 'two'; params.later = "${params.profile} ${params.kind}" }
}
params.after = params.profile
env.PLACE = env('HOME') ? 'home' : 'nowhere'
process.memory = { 1.GB * task.attempt }
END
echo "includeConfig 'c.config'" >sub/b.config
echo "params.included = 'c of sub'" >sub/c.config
weir config --flat --sort
echo == one,two
weir config --profile one,two --flat --sort
echo == two,one
weir config --profile two,one --value params.profile
