// Lists are added place by place, as far as the first one goes.
workflow {
  channel.of([1, 2], [3, 4, 5]).sum().view { total -> "sum $total" }
  channel.of([1, 2], [3, 4, 5]).mean().view { total -> "mean $total" }
  channel.of([1, 2], [3]).sum().view { total -> "short $total" }
  channel.of(1.5, 2).sum().view { total -> "numbers $total" }
}
