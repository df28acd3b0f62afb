3
cat >main.nf <<END
include { validateParameters ; fromNowhere } from 'plugin/nf-schema'
include { sqlInsert } from 'plugin/nf-sqldb'
workflow { sqlInsert() }
END
weir run main.nf -q
