2
weir jobs list --state done
weir jobs list --kind task
weir jobs list --since yesterday
weir jobs list --limit 0
