0
# The key is the result, for scripts above all.
printf 'text\n' > file
weir cache put -q file
