workflow {
  channel.of('a').collectFile(name: 'x.txt', keepHeader: true, skip: 0).view()
}
