channel.of(1..3, 'x').view()
channel.fromList([[1, 2], 3]).view()
channel.value([1, 2]).view()
