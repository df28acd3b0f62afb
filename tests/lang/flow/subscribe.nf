channel.of(1, 2).subscribe(onNext: { x -> println "got $x" }, onComplete: { println 'end' })
