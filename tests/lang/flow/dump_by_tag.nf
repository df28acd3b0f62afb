channel.of(1).dump(tag: 'shown')
channel.of(2).dump(tag: 'hidden')
