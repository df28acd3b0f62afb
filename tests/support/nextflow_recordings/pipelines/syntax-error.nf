process A { script: "true" 
workflow { A( }
