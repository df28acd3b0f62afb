0
cat >main.nf <<END
workflow W {
    take:
    flag
    numbers
    main:
    if (flag) { println 'taken for true' } else { println 'false stays false' }
    numbers.map { n -> n * 2 }.view()
}
workflow { W(false, channel.of(1, 2)) }
END
weir run main.nf -q
