1
cat >schema.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["name"],
 "properties": {"name": {"type": "string"}, "count": {"type": "integer", "maximum": 9}}}
END
cat >rows.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "items": {"type": "integer"}}
END
cat >main.nf <<'END'
include { validate } from 'plugin/nf-schema'
workflow {
  println validate([name: 'a', count: 3], 'schema.json')
  println validate([count: 10], "${projectDir}/schema.json", exitOnError: false)
  println validate([1, 'x'], 'rows.json', exitOnError: false)
  try {
    validate([name: 1], 'schema.json')
  } catch (e) {
    println 'caught'
  }
  validate([name: 1, count: 12], 'schema.json')
}
END
weir run -q main.nf
