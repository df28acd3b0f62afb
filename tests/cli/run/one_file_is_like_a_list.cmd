0
echo a >a.txt; echo b >b.txt; mkdir d; echo c >d/c.txt
cat >main.nf <<'END2'
process ONE {
    debug true
    input:
    path x
    path y
    path z, stageAs: 'in/*'
    script:
    """
    echo '${x.collect { f -> "-i $f" }.join(' ')} ${x[0]} ${x.toList().size()} ${x.any { f -> f.name == 'a.txt' }} ${x.find { true }} ${x.sort()} ${x.first().baseName} ${x*.name} ${x instanceof List} ${x.size()}'
    echo '${y.collect { f -> "-i $f" }.join(' ')} ${y[1]} ${y instanceof List}'
    echo '${z.collect { f -> f.name }} ${z[1]}'
    """
}
workflow {
    ONE(file('a.txt'), [file('b.txt'), file('d/c.txt')], file('a.txt'))
    f = file('/x/y/z.txt')
    println f.collect { n -> n.name }
    println "${f[0]} ${f[-1]} ${f.join('-')} ${f.withIndex()} ${f.tail()} ${f*.name} ${[f, [f]].flatten().size()} ${f.contains('y')}"
    println java.time.LocalDate.parse('2024-03-01').format(java.time.format.DateTimeFormatter.BASIC_ISO_DATE) + java.lang.Integer.MAX_VALUE
}
END2
weir run main.nf -q | sort
