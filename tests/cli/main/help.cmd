0
weir --help | head -5; weir help >a; weir --help >b; weir -h >c; cmp a b && cmp b c
