0
mkdir templates
echo 'echo one $x' >templates/t.sh
cat >main.nf <<'END2'
params.word = 'word'
process T { input: val x; output: stdout; script: template 't.sh' }
process S { output: stdout; shell: cpus = task.cpus; 'echo !{params.word} !{cpus}' }
workflow { T(1).view(); S().view() }
END2
again() { echo "-- $1"; shift; weir run main.nf --name first -resume --explain "$@" 2>&1 | grep -v '^$' | grep -vE 'Launching|^\[[0-9a-f]'; }
again "the first time"
again "nothing changed"
echo 'echo two $x' >templates/t.sh
again "another template"
again "another parameter, read by a shell block" --word other
again "what the block only prints" --word other -process.cpus 1
