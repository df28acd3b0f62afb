2
weir jobs show
