#!/usr/bin/env bash
# nextflow_schema.json: checked before anything starts, every fault at once; help and templates made from it.
# Scenarios 54 to 57 of run-control 8.
. "$(dirname "$0")/lib.sh"
mkdir "$scratch/p" && cd "$scratch/p" || exit 1
cat >main.nf <<'E2'
params.threads = 2
workflow { println "started $params.sample" }
E2
cat >nextflow_schema.json <<'E2'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "p", "type": "object",
 "$defs": {"io": {"title": "Input and output", "type": "object", "required": ["input", "threads"], "properties": {
   "input": {"type": "string", "format": "file-path", "exists": true, "schema": "sheet.json", "description": "table of samples"},
   "sample": {"type": "string", "default": "001", "description": "name"},
   "threads": {"type": "integer", "minimum": 1, "maximum": 8, "errorMessage": "between 1 and 8"},
   "secret": {"type": "boolean", "hidden": true, "description": "for tests"}}}},
 "allOf": [{"$ref": "#/$defs/io"}]}
E2
cat >sheet.json <<'E2'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "uniqueEntries": ["id"],
 "items": {"type": "object", "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}, "required": ["id", "n"]}}
E2
printf 'id,n\n001,4\n' >good.csv
printf 'id,n\nx,4\nx,four\n' >bad.csv
weir run . --input good.csv --sample 001 >out 2>err; expect "good" $? 0
expect_text "a text that looks like a number" out "started 001"
weir run . --input bad.csv --threads 99 --smaple x >out 2>err; expect "bad" $? 3
expect_text "bad: threads" err "between 1 and 8"
expect_text "bad: the sheet's row and column" err "row 3"
expect "bad: nothing started" "$(cat out)" ""
weir run . 2>err; expect "missing" $? 3
expect_text "missing: its name" err "input"
weir run . --no-validate >out 2>&1; expect "--no-validate" $? 0
weir run . --help >help; expect_text "help" help "Input and output"
expect_text "help: one" help "--input"
grep -q -- '--secret' help && fail "help shows what is hidden"
weir run . --help --show-hidden >help; expect_text "help: hidden" help "--secret"
weir run . --help threads >help; expect_text "help of one" help "threads"
weir run . --params-template json | jq -e '.sample == "001"' >/dev/null || fail "template"
weir params validate . --input bad.csv --json >out; expect "validate: status" $? 3
expect "validate: places" "$(jq -r '[.faults[] | select(.file != "") | .row] | unique | length > 0' out)" true
echo '{"input": "good.csv", "threads": 4}' >p.json
weir params validate . --params-file p.json; expect "validate: good" $? 0
# What the script gives itself is not missed; a comment gives nothing, nor does null in the configuration.
weir params validate . --input good.csv >out 2>&1; expect "validate: the script's own value" $? 0
sed -i '1i // params.input = "good.csv"' main.nf
weir params validate . >out 2>&1; expect "validate: a comment is no value" $? 3
echo 'params { input = null; sample = null }' >nextflow.config
weir params validate . >out 2>&1; expect "validate: null is no value" $? 3
expect_text "validate: null is no value" out "input"
grep -q sample out && fail "null is held against a parameter that may be missing: $(cat out)"
weir run . >out 2>err; expect "run: null is no value" $? 3
rm nextflow.config
# A params block counts as the script evaluates it, and all faults come at once.
mkdir ../block && cp nextflow_schema.json sheet.json good.csv ../block/ && cd ../block || exit 1
printf 'params {\n  input: String\n  threads: Integer = 3\n}\nworkflow { println params.threads }\n' >main.nf
weir params validate . --threads 99 >out 2>&1; expect "block: status" $? 3
expect_text "block: a value that is not given" out "input"
expect_text "block: a bad value" out "between 1 and 8"
weir run . --threads 99 >out 2>err; expect "block: run" $? 3
expect_text "block: run, not given" err "input"
expect_text "block: run, bad value" err "between 1 and 8"
weir params validate . --input good.csv >out 2>&1; expect "block: good" $? 0
cd ../p || exit 1
weir params validate nowhere.nf 2>/dev/null; expect "validate: no schema" $? 7

# 54: what an integer is, on the command line and in a file.
validate() { timeout 60 weir params validate . "$@" >out 2>&1; }
for number in 1.5 1e400 9223372036854775808; do
  validate --input good.csv --threads $number; expect "54: --threads $number" $? 3
  expect_text "54: --threads $number" out "--threads ($number): must be"
done
echo '{"input": "good.csv", "threads": 9223372036854775808}' >p.json
validate --params-file p.json; expect "54: file" $? 3
expect_text "54: file" out "--threads (9223372036854775808): must be an integer from -9223372036854775808 to"
echo '{"input": "good.csv", "threads": 2, "sample": 1}' >p.json
validate --params-file p.json; expect "54: a number for a text" $? 3
expect_text "54: a number for a text" out "--sample (1): must be string, not integer"
echo 'validation.lenientMode = true' >nextflow.config
validate --params-file p.json; expect "54: lenient" $? 0
weir run . --params-file p.json >out 2>&1; expect "54: lenient run" $? 0

# Names that nobody knows: a warning, an error or nothing, as nf-schema's settings say.
validate --input good.csv --smaple 1; expect "unknown: a warning" $? 0
expect_text "unknown: a warning" out "did you mean '--sample'"
echo 'validation.failUnrecognisedParams = true' >nextflow.config
validate --input good.csv --smaple 1; expect "unknown: an error" $? 3
weir run . --input good.csv --smaple 1 >out 2>&1; expect "unknown: an error of the run" $? 3
echo "validation.logging.unrecognisedParams = 'skip'; validation.ignoreParams = ['x']" >nextflow.config
validate --input good.csv --smaple 1; expect "unknown: nothing" "$?:$(cat out)" 0:
rm nextflow.config

# 55: schemas of all forms; hostile ones are answered, and nothing beyond the project's folder is read.
# form NAME SCHEMA: a pipeline of its own
form() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && printf '%s\n' "$2" >nextflow_schema.json && echo 'workflow { }' >main.nf; }
form old '{"$schema": "http://json-schema.org/draft-07/schema", "type": "object", "allOf": [{"$ref": "#/definitions/io"}],
  "definitions": {"io": {"title": "IO", "properties": {"n": {"type": "integer"}}}, "loose": {"title": "Loose", "properties": {"m": {"type": "integer"}}}}}'
validate --n x --m x; expect "55: draft-07" $? 3
expect_text "55: draft-07" out "--n (x): must be integer"
grep -q -- '--m' out && fail "55: a group that is not in allOf is enforced: $(cat out)"
expect_text "55: what is odd about it" out "warning: the group 'Loose' is not listed in 'allOf'"
form odd '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"n": {"type": "integer", "default": "x", "maximun": 3}}}'
validate --n 4; expect "55: odd" $? 0
expect_text "55: odd: default" out "warning: --n: its default 'x' must be integer, not string"
expect_text "55: odd: keyword" out "warning: --n: its keyword 'maximun' is not known and is ignored"
form loop '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "allOf": [{"$ref": "#/$defs/a"}]}'
validate --n 1; expect "55: references in a circle" $? 3
expect_text "55: references in a circle" out "refers to itself without end"
echo '{"type": "object", "properties": {"n": {"type": "integer"}}}' >"$scratch/outside.json"
form away '{"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [{"$ref": "../outside.json"}]}'
validate --n x; expect "55: a reference to outside" $? 3
expect_text "55: a reference to outside" out "leads to nothing that can be read"
form slow '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"n": {"type": "string", "pattern": "^(a+)+$"}}}'
validate --n "$(printf 'a%.0s' {1..60})!"; expect "55: a pattern without end" $? 3
expect_text "55: a pattern without end" out "the schema's pattern '^(a+)+$' takes too long"
form large ''
{ printf '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"n0": {"type": "integer"}'
  seq 1 900000 | sed 's/.*/,"parameter_&": {"type": "string", "pattern": "x"}/'; echo '}}'; } >nextflow_schema.json
[[ $(stat -c %s nextflow_schema.json) -gt 50000000 ]] || fail "55: the large schema has $(stat -c %s nextflow_schema.json) bytes"
validate --n0 x; expect "55: 50 MB" $? 3
expect_text "55: 50 MB" out "more than the 8.0 MB that a schema may have"

# 56: a sheet of 100,000 rows, CRLF, with a byte order mark and a line break in quotes.
form sheet '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"input": {"type": "string", "schema": "sheet.json"}}}'
cat >sheet.json <<'E2'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "uniqueEntries": ["id", "lane"],
 "items": {"type": "object", "properties": {"id": {"type": "string"}, "lane": {"type": "integer"}, "note": {"type": "string"}},
           "required": ["id", "lane"]}}
E2
{ printf '\xEF\xBB\xBFid,lane,note\r\n'; printf 's0,1,"two\r\nlines"\r\n'; seq 1 99998 | sed 's/.*/s&,1,x\r/'; printf 's777,1,again\r\n'; } >s.csv
validate --input s.csv; expect "56: a pair that is there twice" $? 3
expect "56: one fault" "$(wc -l <out)" 1
expect_text "56: row" out "s.csv, row 100002"
expect_text "56: columns" out "(id: s777, lane: 1)"
sed -i '$d' s.csv; validate --input s.csv; expect "56: good" $? 0
sed 's/,1,x\r$/,x\r/; s/^\(\xEF\xBB\xBF\)id,lane,note/\1id,note/' s.csv >t.csv
validate --input t.csv; expect "56: a column is missing" $? 3
expect_text "56: a column is missing" out "row 4, column 'lane': is required"
finish
