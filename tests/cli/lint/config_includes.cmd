3
mkdir conf
echo "includeConfig '../nextflow.config'" >conf/back.config
cat >nextflow.config <<'END'
includeConfig 'conf/back.config'
includeConfig '/dev/null'
includeConfig 'https://example.org/x.config'
includeConfig "${params.base}/x.config"
includeConfig params.x ? 'no.config' : '/dev/null'
profiles { test { includeConfig 'conf/test.config' } }
END
weir lint .
