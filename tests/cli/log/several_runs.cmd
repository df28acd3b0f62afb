0
# Several runs can be named, for log and for clean; each counts once, in the order of the runs.
printf 'process P {\n  script: "echo %%s"\n}\nworkflow { P() }\n' >main.nf
for name in one two three; do sed "s/%s/$name/" main.nf >$name.nf; weir run -q $name.nf -name ${name}_x; done
weir log three_x one_x last -f script
weir nextflow log one_x two_x -f script
weir clean one_x three_x -n | sed 's#work/.*#work/…#; s#'"$PWD"'#PWD#'
