workflow {
    channel.of('[{"a": 1}, {"a": 2}]').splitJson().view()
    channel.of('{"x": [1, 2, 3], "y": 0}').splitJson(path: 'x').view { v -> "x $v" }
    channel.of('{"p": 1, "q": [2]}').splitJson().view { v -> "$v" }
    channel.of('[1, 2]', '[3]').countJson().view { n -> "values $n" }
}
