workflow {
    names = channel.of('bb', 'a', 'ccc')
    names.collectFile(name: 'h', newLine: true).view { f -> "hash ${f.text.readLines()}" }
    names.collectFile(name: 'i', newLine: true, sort: 'index').view { f -> "index ${f.text.readLines()}" }
    names.collectFile(name: 't', newLine: true, sort: true).view { f -> "true ${f.text.readLines()}" }
    names.collectFile(name: 'c', newLine: true, sort: { s -> s.size() }).view { f -> "closure ${f.text.readLines()}" }
    names.collectFile(name: 'n', newLine: true, sort: false).view { f -> "none ${f.text.readLines()}" }
    names.collectFile(name: 'd', newLine: true, sort: 'deep').view { f -> "deep ${f.text.readLines().toSorted()}" }
    names.collectFile(newLine: true, seed: 'top') { s -> ["${s.size()}.txt", s] }.toSortedList { a, b -> a.name <=> b.name }
        .view { l -> "groups ${l.collect { f -> [f.name, f.text.readLines()] }}" }
    names.collectFile(name: 'out.txt', storeDir: '/launch/kept').view { f -> "$f" }
    channel.of('id,n\n1,2\n', 'id,n\n3,4\n').collectFile(name: 'k', keepHeader: true, sort: 'index').view { f -> "${f.text.readLines()}" }
    channel.of('id\n1\n', 'id\n2\n').collectFile(name: 's', skip: 1, sort: 'index').view { f -> "${f.text.readLines()}" }
}
