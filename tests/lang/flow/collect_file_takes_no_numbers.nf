// Numbers and collections are no content.
workflow {
  channel.of(1, 2).collectFile(name: 'x.txt').view()
}
