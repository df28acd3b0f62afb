channel.of('alpha', 'beta').collectFile(name: 'all.txt', newLine: true, sort: true).view { f -> f.name + ' ' + f.text.replace('\n', '+') }
channel.of(['x.txt', '1'], ['y.txt', '2'], ['x.txt', '3']).collectFile(sort: false) { n, c -> [n, c] }.view { f -> f.name + ' ' + f.text }
