2
weir jobs show --events many x
