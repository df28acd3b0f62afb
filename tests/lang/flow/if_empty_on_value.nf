channel.value(5).ifEmpty(1).view()
channel.value().ifEmpty(1).view()
