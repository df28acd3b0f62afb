// Of equal items the first, but by a comparator the last.
channel.of('ab', 'cd', 'e').max { a, b -> a.size() <=> b.size() }.view()
channel.of('ab', 'cd', 'e').max { v -> v.size() }.view()
channel.of('ab', 'cd', 'e', 'f').min { a, b -> a.size() <=> b.size() }.view()
channel.of('ab', 'cd', 'e', 'f').min { v -> v.size() }.view()
channel.of(1, 1.0, 0.5).max().view()
