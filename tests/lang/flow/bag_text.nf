// What `collect` and `groupTuple` give writes itself with quotes where Java is asked, as upstream's ArrayBag.
channel.of('a', 'b').collect().map { v -> v.toString() }.view()
channel.of('a', 'b').collect().map { v -> [String.valueOf(v), sprintf('%s', [v]), String.valueOf([v])] }.view()
channel.of('a', 'b').collect().map { v -> "$v" + v + [v].toString() }.view()
channel.of(['k', 'a'], ['k', 'b']).groupTuple().map { k, v -> v.toString() }.view()
