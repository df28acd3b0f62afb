process A { output: path 'never.txt'; script: "echo made nothing" }
workflow { A() }
