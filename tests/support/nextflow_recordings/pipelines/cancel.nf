process WAIT { input: val n; script: "sleep 1000" }
process SHORT { script: "true" }
workflow { SHORT(); WAIT(channel.of(1, 2, 3)) }
