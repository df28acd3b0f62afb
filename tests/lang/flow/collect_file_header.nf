channel.of('h\n1\n', 'h\n2\n').collectFile(name: 't.csv', keepHeader: true, sort: 'index').view { f -> f.text.replace('\n', '+') }
channel.of('b').collectFile(name: 's.txt', seed: 'a').view { f -> f.text }
