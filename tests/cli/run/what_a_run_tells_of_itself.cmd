0
cat >inc.config <<'END'
process.container = { "x:${params.v}" }
END
cat >nextflow.config <<'END'
includeConfig 'inc.config'
params.v = 2
process { withName: 'A|B' { container = 'a:1' }; withName: 'C' { container = { "c:${meta.id}" } } }
process { withLabel: 'big' { container = 'big:1' } }
END
printf "process.cpus = 1\n" >more.config
cat >main.nf <<'END'
workflow {
  println workflow.toMap().keySet()
  println workflow.configFiles*.name
  println workflow.container
  println workflow.projectName
  println workflow.stats
  println nextflow
  println "$workflow".replaceAll(/startTime: [^,]*/, 'startTime: T').replace(workflow.launchDir.toString(), 'HERE')
}
END
weir run main.nf -q -c more.config --name one_run
printf "process.container = 'all:1'\n" >nextflow.config
printf 'workflow { println workflow.container; println workflow.configFiles*.name }\n' >main.nf
weir run main.nf -q
rm nextflow.config
weir run main.nf -q
