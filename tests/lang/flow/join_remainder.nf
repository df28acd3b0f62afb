workflow {
    left = channel.of(['a', 1, 2], ['b', 3, 4])
    right = channel.of(['a', 'x'], ['c', 'y'])
    left.join(right, remainder: true).view { r -> "$r" }
    channel.of('k', 'l').join(channel.of('l', 'm')).view { r -> "key $r" }
    channel.of([1, 'p']).join(channel.of([1L, 'q'])).view { r -> "never $r" }
    channel.of(["${'i'}", 1]).join(channel.of(['i', 2])).view { r -> "text $r" }
    channel.of([1, 'a', 'k'], [2, 'b', 'k']).join(channel.of(['k', 'z', 1]), by: [2, 0]).view { r -> "never $r" }
    // One null for the missing side, whatever its width; none for a side of keys.
    channel.of('k', 'l').join(channel.of('l', 'm'), remainder: true).view { r -> "keys $r" }
    channel.of(['k', 1]).join(channel.of('l', 'm'), remainder: true).view { r -> "mixed $r" }
    channel.of(['k', 1]).join(channel.empty(), remainder: true).view { r -> "none $r" }
    channel.of('k').join(channel.empty(), remainder: true).view { r -> "no keys $r" }
    channel.of(['k', 1], ['k', 2]).join(channel.of(['k', 'a']), remainder: true).view { r -> "twice $r" }
}
