// Parts are not read before those that came earlier were dealt with: at most a batch is ahead.
workflow {
  def parts = [read: 0, passed: 0, ahead: 0]
  channel.of((1..1000).join('\n'), 'last')
    .splitText(each: { line ->
      parts.read = parts.read + 1
      line
    })
    .map { line ->
      parts.passed = parts.passed + 1
      parts.ahead = [parts.ahead, parts.read - parts.passed].max()
      line
    }
    .count()
    .view { count -> "$count parts, at most ${parts.ahead} ahead" }
}
