channel.of(1, 2).subscribe(onNext: { x -> throw new RuntimeException('no ' + x) }, onError: { e -> println e.message })
