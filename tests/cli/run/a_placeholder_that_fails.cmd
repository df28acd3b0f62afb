0
mkdir templates
printf 'echo\necho ${x +}\n' >templates/syntax.sh
printf 'echo ${nothing}\n' >templates/name.sh
printf 'echo ${x' >templates/end.sh
printf 'echo ${#list[@]}\n' >templates/shell.sh
printf '%s\n' 'grep "\d"' >templates/escape.sh
echo 'process T { input: val name; script: x = 1; template "${name}.sh" }
workflow { T(params.of) }' >main.nf
for name in syntax name end shell escape; do
    weir run main.nf --of $name --name first 2>&1 | sed -n '/^Caused by/,/^$/p'
done
echo 'process T { shell: "echo !{x.nothing()}" }
workflow { T() }' >main.nf
weir run main.nf --name first 2>&1 | sed -n '/^Caused by/,/^$/p'
