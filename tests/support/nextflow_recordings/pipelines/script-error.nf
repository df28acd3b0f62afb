process A { input: val n; script: "true" }
workflow { A(channel.of(1, 2).map { v -> v.noSuchMethod() }) }
