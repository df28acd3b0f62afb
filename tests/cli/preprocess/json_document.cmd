0
weir preprocess $HERE/calls.vcf --output-dir out --json | jq -S '.files[] |= (.duration_seconds |= type | .job_id |= "ID" | .data.sha256 |= length | .data.key |= length | .index.sha256 |= length | .index.key |= length | .source_sha256 |= length)'
