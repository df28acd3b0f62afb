0
mkdir -p pipeline/assets elsewhere
cd pipeline
cat >assets/sheet.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array",
 "items": {"type": "object", "properties": {"a": {"type": "integer", "meta": ["id"]}, "b": {"type": "integer"}}}}
END
cat >nextflow_schema.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
 "properties": {"chunks": {"type": "string", "format": "file-path", "schema": "/assets/sheet.json"}}}
END
printf "plugins { id 'nf-schema@2.4.2' }\n" >nextflow.config
cat >main.nf <<'END'
include { validateParameters; samplesheetToList } from 'plugin/nf-schema'
workflow {
  validateParameters()
  println samplesheetToList(params.chunks, '/assets/sheet.json')
}
END
cd ../elsewhere
printf 'a,b\n1,2\n' >c.csv
weir run ../pipeline -q --chunks c.csv
