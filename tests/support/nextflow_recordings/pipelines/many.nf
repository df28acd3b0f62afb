process T { input: val n; output: val n; script: "true" }
workflow { T(channel.of(1..100)) }
