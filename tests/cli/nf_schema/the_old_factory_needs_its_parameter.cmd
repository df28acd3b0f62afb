3
weir run "$HERE/old_pipeline" -q
