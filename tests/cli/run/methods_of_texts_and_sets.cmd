0
cat >main.nf <<'END2'
workflow {
    println([''.any(), 'a'.any(), [0, 1].every(), [:].any(), [a: 1].any(), [:].every()])
    println(['abc'.find { c -> c > 'a' }, 'abc'.findAll { c -> c > 'a' }, 'abc'.find(/b./), 'abc'.inject('') { a, c -> c + a }])
    println(['abc'.takeWhile { c -> c != 'b' }, 'abc'.dropWhile { c -> c == 'a' }, 'abc'.takeBetween('a', 'c'), '"q"x'.takeBetween('"'), 'lane8'.next(), 'b'.previous()])
    println(['ABC'.startsWithIgnoreCase('ab'), 'ABC'.endsWithIgnoreCase('bc'), [a: 1, b: 1].countBy { k, v -> v }, [].combinations()])
    println([[3, 1, 2] as SortedSet, [b: 1, a: 2] as TreeMap])
    println([[b: 1, a: 2].keySet().getAt(0), ([1, 2, 2, 3] as Set).drop(1), [3, 1].toSet().tail().size()])
}
END2
weir run main.nf -q
