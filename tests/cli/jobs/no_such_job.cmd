7
weir jobs show r0000
