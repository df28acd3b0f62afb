channel.of(1, 2).multiMap { x ->
    plus: x + 1
    square: x * x
}.set { r }
r.plus.view { x -> "plus $x" }
r.square.view { x -> "square $x" }
