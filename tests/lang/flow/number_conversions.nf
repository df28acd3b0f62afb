workflow {
    channel.of('1', '7').toInteger().view { v -> "$v ${v.class.simpleName}" }
    channel.of('1', '7').toLong().view { v -> "$v ${v.class.simpleName}" }
    channel.of('1.5').toFloat().view { v -> "$v" }
    channel.of('1.5').toDouble().view { v -> "$v ${v.class.simpleName}" }
    channel.of(1, 2, 6).mean().view { v -> "mean $v" }
}
