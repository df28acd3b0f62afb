channel.of([1, 'a'], [2, 'b']).cross(channel.of([1, 'x'], [2, 'y'], [1, 'z'])).view()
