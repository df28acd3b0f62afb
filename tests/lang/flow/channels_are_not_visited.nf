// Groovy's `find` of any object is nothing for a channel, which has operators.
channel.of(1).find { x -> true }.view()
