2
weir jobs show a b c
