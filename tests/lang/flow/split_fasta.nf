def fa = '>s1 first\nACGT\nAC\n>s2\nGG\n'
channel.of(fa).splitFasta(record: [id: true, seqString: true]).view()
channel.of(fa).countFasta().view()
channel.of(fa).splitFasta(by: 2).count().view()
