// Files come by name when what they hold is sorted, else in the order of the names' hashes; the
// header is that of what comes first in the file.
workflow {
  words = channel.of('zeta', 'b', 'alpha', 'x1', 'beta', 'a')
  words.collectFile { w -> [w + '.txt', w] }.map { f -> f.name }.toList().view { v -> "by name: $v" }
  words.collectFile(sort: 'index') { w -> [w.size() + '.txt', w + ' '] }.map { f -> [f.name, f.text] }.toList()
    .view { v -> "sorted by index: $v" }
  words.collectFile(sort: false) { w -> [w + '.txt', w] }.map { f -> f.name }.toList().view { v -> "unsorted: $v" }
  channel.of('h2\nb\n', 'h1\na\n').collectFile(sort: true, keepHeader: true, newLine: true, sliceMaxItems: 10)
    .map { f -> f.text }.view { v -> "header: $v" }
}
