// A list names its file, with or without a closure; null is no content.
workflow {
  channel.of(['k', 'v1'], ['k', 'v2'])
    .collectFile(newLine: true)
    .view { file -> "${file.name}: ${file.text}" }
  channel.of('a', 'b')
    .collectFile { null }
    .view { file -> file.name }
}
