println 'no text of a record\n'.splitFasta(record: [header: true, seqString: true])
println '>\nAC\n'.splitFasta(record: [header: true, seqString: true])
