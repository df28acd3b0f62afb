0
mkdir templates
echo 'echo one $x' >templates/t.sh
cat >template.nf <<'END2'
process T { input: val x; output: stdout; script: template 't.sh' }
workflow { T(1).view() }
END2
cat >shell.nf <<'END2'
params.word = 'word'
process S { output: stdout; shell: cpus = task.cpus; 'echo !{params.word} !{cpus}' }
workflow { S().view() }
END2
again() { echo "-- $1"; shift; weir run --name first -resume --explain "$@" 2>&1 | grep -v '^$' | grep -vE 'Launching|^\[[0-9a-f]'; }
again "the first time" template.nf
again "nothing changed" template.nf
echo 'echo two $x' >templates/t.sh
again "another template" template.nf
again "a shell block" shell.nf
again "another parameter, read by the block" shell.nf --word other
again "what the block only prints" shell.nf --word other -process.cpus 1
