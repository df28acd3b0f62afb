0
printf '@A00:1:FC1:4:x\nACGT\n' | gzip -n >reads.fastq.gz
printf 'not gzip at all' >bad.gz
printf 'one\ntwo\n\nfour' >plain.txt
cat >main.nf <<'END'
def first_line(path) {
  def line = null
  try {
    path.withInputStream { stream ->
      def gzip = new java.util.zip.GZIPInputStream(stream)
      def decoder = new InputStreamReader(gzip, 'ASCII')
      def buffered = new BufferedReader(decoder)
      line = buffered.readLine()
    }
  } catch (Exception e) {
    println "cannot: ${e.class.simpleName}"
  }
  line
}
workflow {
  println first_line(file('reads.fastq.gz'))
  println first_line(file('bad.gz'))
  println first_line(file('none.gz'))
  file('plain.txt').withReader { reader ->
    println reader.readLine()
    println reader.ready()
    println reader.readLine()
  }
  file('plain.txt').withReader { reader ->
    reader.readLine()
    println reader.text.size()
  }
  println file('plain.txt').newInputStream().readLines()
  println new FileInputStream('plain.txt').text.size()
  file('plain.txt').newReader().eachLine { line -> println "> $line" }
}
END
weir run main.nf -q
