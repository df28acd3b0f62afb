0
. "$HERE/repository.sh"
new_project lab/demo
echo 'workflow { println "hello" }' >src/lab/demo/main.nf
cat >src/lab/demo/nextflow_schema.json <<'END'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "demo", "type": "object",
 "$defs": {"a": {"title": "Options", "type": "object",
   "properties": {"n": {"type": "integer", "default": 1, "description": "how many"}}}},
 "allOf": [{"$ref": "#/$defs/a"}]}
END
publish lab/demo one
git -C src/lab/demo tag 1.0
sed -i 's/how many/how many of them/' src/lab/demo/nextflow_schema.json
publish lab/demo two
weir run lab/demo -r 1.0 --help | grep many
weir run lab/demo --help | grep many
weir params validate lab/demo --n 5
weir run lab/demo --n few --name calm_river 2>&1 | sed "s#$HOME#HOME#"
