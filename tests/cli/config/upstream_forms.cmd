2
cat >nextflow.config <<'END'
params {
    a = 1
    nested { b = "it's" }
    text = 'two\nlines\t\\ é'
    m = [x: 1, 'y z': [1, 'two', null]]
}
outputDir = 'out'
process {
    withLabel: big { cpus = 8 }
    publishDir = [path: { "$params.outdir" }, mode: 'copy']
    memory = 1.5.GB
    time = 90.m
    'withName:B' { cpus = 2 }
}
docker.runOptions = '-u $(id -u):$(id -g)'
env { 'MY KEY' = ' x = y' }
empty { }
END
for form in canonical flat properties json yaml; do echo "== $form"; weir config -o $form; done
echo == sorted; weir config -o flat --sort | head -n 4
weir config -o flta 2>&1
