0
weir secrets list
weir secrets set API_KEY 8f2c
printf 'from a pipe' | weir secrets set TOKEN
weir secrets list
weir secrets get API_KEY; echo
weir secrets get TOKEN; echo
stat -c %a ~/.nextflow/secrets/store.json
weir secrets delete API_KEY
weir secrets list
