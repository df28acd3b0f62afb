channel.empty().toList().view()
channel.empty().count().view()
channel.empty().sum().view()
channel.empty().ifEmpty { 'none' }.view()
