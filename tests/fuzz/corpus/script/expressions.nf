include { B as C; D } from './modules/b.nf'
def f(int x = 2, List<String> rest) { x > 1 ? [a: 1, 'b': rest*.size(), (x): -x ** 2] : rest?.first() ?: null }
workflow W {
    take: a
    main:
    (x, y) = [1, 2]
    a | map { v, w -> v <=> w } & C | view { "$it ${it.name[0..-2]} \u00e9 \$" }
    emit: out = a.mix(D.out).filter(~/^x.*$/)
}
workflow { W(channel.of(1..3, 0x1F, 1.5e-3g, 10_000L, '''t''', $/d/$)) }
