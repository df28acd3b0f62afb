0
mkdir templates
cat >templates/t.sh <<'T'
#!/bin/bash
a=1
echo "$x.name ${x.name ?: 'none'} ${numbers.collect { n -> n * 2 }.join('-')} ${params.greeting} ${y}" # $x: a path
echo "\$a \${a}" '\\n' $1 $$ | sed 's/[0-9][0-9]*\$/PID/'
printf '%s|' 'a\tb' 'a\\tb' "\"q\"" \'it\' \u0041\101 one\
line
echo ${'a}b'} ${ task.process }
T
printf 'echo !{x.name.toUpperCase()} !{numbers.collect { it + 1 }.join(" ")} $HOME\n' >templates/s.sh
cat >main.nf <<'END2'
params.greeting = 'hello'
process SCRIPT {
    input: val x
    output: stdout
    script:
    y = 'made here'
    numbers = [1, 2]
    template 't.sh'
}
process SHELL {
    input: val x
    output: stdout
    shell:
    numbers = [1, 2]
    template 's.sh'
}
process BLOCK {
    input: val x
    output: stdout
    shell:
    'echo !{x.size() > 1 ? "many" : "one"} !{x.keySet().join("+")} $((1 + 1))'
}
workflow {
    SCRIPT([name: 'n']).view()
    SHELL([name: 'n']).view()
    BLOCK([a: 1, b: 2]).view()
}
END2
HOME=/home weir run main.nf -q | sort
