0
cat >nextflow.config <<'END'
plugins { id 'nf-schema@2.4.2' }
params { foo = false; bar = null; baz = 1; n = 1 }
END
cat >nextflow_schema.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "type": "object",
 "$defs": {"a": {"title": "A", "type": "object", "properties": {"n": {"type": "integer"}}}},
 "allOf": [{"$ref": "#/$defs/a"}]}
END
cat >main.nf <<'END'
include { validateParameters } from 'plugin/nf-schema'
workflow { validateParameters(); println 'done' }
END
weir run main.nf -q --no-validate
weir run main.nf --name calm_river --no-validate
