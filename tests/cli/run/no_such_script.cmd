3
weir run nothing.nf --name calm_river
