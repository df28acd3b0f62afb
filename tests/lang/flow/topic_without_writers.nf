channel.topic('none').ifEmpty('nobody wrote').view()
