workflow {
  channel.of('a').collectFile(name: 'x.txt', keepHeader: true, seed: 'S').view()
}
