ch = channel.of(1, 2)
ch.view { x -> "first $x" }
ch.view { x -> "second $x" }
