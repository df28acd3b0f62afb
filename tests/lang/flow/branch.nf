channel.of(1, 20, 300).branch { x ->
    small: x < 10
    big: x > 100
        return x * 2
}.set { r }
r.small.view { x -> "small $x" }
r.big.view { x -> "big $x" }
