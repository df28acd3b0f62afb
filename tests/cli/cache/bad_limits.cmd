2
weir cache gc --max-size lots
weir cache gc --max-age old
weir cache verify --threads 0
