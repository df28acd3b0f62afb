0
mkdir -p data/sub/deep
touch data/a.txt data/b.csv data/sub/c.txt data/sub/deep/d.txt 'data/x[1].txt'
cat >main.nf <<'END'
def names(folder, walk) {
  def found = []
  walk.call(folder, found)
  found.sort()
}
workflow {
  def data = file('data')
  println names(data, { folder, found -> folder.eachFile { f -> found << f.name } })
  println names(data, { folder, found -> folder.eachFile(groovy.io.FileType.DIRECTORIES) { f -> found << f.name } })
  println names(data, { folder, found -> folder.toFile().eachFileRecurse(groovy.io.FileType.FILES) { f -> found << f.name } })
  println names(data, { folder, found -> folder.eachFileMatch(groovy.io.FileType.FILES, ~/.*txt/) { f -> found << f.name } })
  println names(data, { folder, found -> folder.traverse { f -> found << f.name } })
  println names(data, { folder, found -> folder.traverse(type: groovy.io.FileType.FILES, maxDepth: 1, nameFilter: ~/.*txt/) { f -> found << f.name } })
  println files(data.resolve('*.txt'), checkIfExists: true)*.name
  println files(data / '{a,b}.*')*.name
  println file(data.resolve('x[1].txt')).name
  println java.nio.file.Files.list(data).map { f -> f.name }.toList().sort()
  println java.nio.file.Files.walk(data).map { f -> f.name }.toList().sort()
}
END
weir run main.nf -q
