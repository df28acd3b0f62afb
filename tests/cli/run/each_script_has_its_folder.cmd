0
mkdir -p modules/m/templates
cat >modules/m/main.nf <<'END2'
def fn() { "fn ${moduleDir.name}" }
process P {
    tag "${moduleDir.name}"
    conda "${moduleDir}/environment.yml"
    debug true
    script:
    def x = file("${moduleDir}/main.nf").name
    "echo P ${moduleDir.name} $x ${task.tag} ${task.ext.a} ${[1].collect { moduleDir.name }} ${task.conda - launchDir}"
}
process T { debug true; script: template 't.sh' }
workflow SUB {
    main:
    println "workflow ${moduleDir.name} ${file("${moduleDir}/main.nf").exists()} ${fn()}"
    [1].each { x -> println "closure ${moduleDir.name}" }
    channel.of(1).map { x -> "map ${moduleDir.name}" }.view()
    P()
    T()
}
END2
printf '#!/bin/bash\necho "template ${moduleDir.name}"\n' >modules/m/templates/t.sh
cat >main.nf <<'END2'
include { SUB; fn } from './modules/m'
workflow {
    println "main ${moduleDir == projectDir} ${fn()}"
    SUB()
}
END2
echo 'process.ext.a = { "config-${moduleDir.name}" }' >nextflow.config
weir run main.nf -q | sort
