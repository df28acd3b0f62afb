process ONE { input: val n; output: val n; script: "echo one $n" }
process KEPT { storeDir 'store'; output: path 'kept'; script: "echo kept > kept" }
process NEW { cache false; input: val n; script: "echo new" }
workflow { ONE(channel.of(1..20)); KEPT(); NEW(ONE.out.collect().map { v -> v.size() }) }
