7
printf 'chr1\t1\t2\n' > a.bed
weir preprocess -q a.bed
job=$(weir jobs list --json | jq -r '.jobs[0].id')
weir jobs attach "$job"; echo "$?"
weir jobs tasks "$job"; echo "$?"
weir jobs tasks @last
