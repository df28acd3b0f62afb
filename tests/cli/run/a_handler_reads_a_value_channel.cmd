0
cat >main.nf <<END
workflow {
    def all = channel.of(1, 2).toList()
    workflow.onComplete { println all.getVal() }
}
END
weir run main.nf -q
