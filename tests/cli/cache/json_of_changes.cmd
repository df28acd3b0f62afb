0
echo one > one
key=$(weir cache put one)
weir cache put one --json | jq -c '.added, .artifact.alias'
weir cache pin $key --json | jq -c '.pinned | length'
weir cache unpin $key --json | jq -c '.unpinned | length'
weir cache get $key -o copy --range 1-2 --json | jq -c '[.begin, .size]'
cat copy
weir cache rm $key --json | jq -c '.removed | length'
